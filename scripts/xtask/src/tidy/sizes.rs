//! The size of files and functions.

use super::Fault;
use crate::{
    repository::{File, Repository},
    rust_source::{functions, mask, non_test_lines},
};

/// The most lines of a file, tests not counted.
const MAX_FILE_LINES: usize = 600;
/// The most lines of code in a function.
const MAX_FUNCTION_LINES: usize = 80;
/// What is written by hand in other languages.
const SCRIPTS: &[&str] = &[".py", ".sh", ".mjs", ".js", ".ts"];

/// Checks every source file.
pub(crate) fn check(repository: &Repository) -> Vec<Fault> {
    repository.files().iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Fault> {
    let mut faults = Vec::new();
    if file.is_rust() {
        let masked = mask(&file.text);
        for function in functions(&masked).into_iter().filter(|function| function.length > MAX_FUNCTION_LINES) {
            let message = format!("`{}` has {} lines of code, at most {MAX_FUNCTION_LINES}: split it", function.name, function.length);
            faults.push(Fault::new(&file.path, function.line, message));
        }
        if !file.is_test() {
            faults.extend(too_long(file, non_test_lines(&masked)));
        }
    } else if SCRIPTS.iter().any(|suffix| file.path.ends_with(suffix)) || file.text.starts_with("#!") {
        faults.extend(too_long(file, file.text.lines().count()));
    }
    faults
}

fn too_long(file: &File, lines: usize) -> Option<Fault> {
    let message = || format!("has {lines} lines without tests, at most {MAX_FILE_LINES}: split it by concept");
    (lines > MAX_FILE_LINES).then(|| Fault::new(&file.path, MAX_FILE_LINES, message()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::testing::file;

    #[test]
    fn a_long_file_is_a_fault_unless_the_rest_is_tests() {
        let body = "// a\n".repeat(MAX_FILE_LINES);
        assert_eq!(check_file(&file("a.rs", &body)), []);
        assert_eq!(check_file(&file("a.rs", &format!("{body}const A: u8 = 1;\n"))).len(), 1);
        assert_eq!(check_file(&file("a.rs", &format!("{body}#[cfg(test)]\nmod tests {{\n\n}}\n"))), []);
        assert_eq!(check_file(&file("a/tests/b.rs", &body.repeat(2))), []);
        assert_eq!(check_file(&file("a.sh", &"a\n".repeat(MAX_FILE_LINES + 1))).len(), 1);
    }

    #[test]
    fn a_long_function_is_a_fault_at_its_line() {
        let source = |lines: usize| format!("const A: u8 = 1;\nfn long() {{\n{}}}\n", "    call();\n".repeat(lines));
        assert_eq!(check_file(&file("a.rs", &source(MAX_FUNCTION_LINES))), []);
        let faults = check_file(&file("a.rs", &source(MAX_FUNCTION_LINES + 1)));
        assert_eq!((faults.len(), faults[0].line), (1, 2));
    }
}
