//! Just enough understanding of Rust to count lines: comments and literals are blanked out, then braces are matched.

/// Replaces everything within comments, strings and characters by spaces; newlines stay, so that lines keep their numbers.
pub(crate) fn mask(text: &str) -> String {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0, out: Vec::with_capacity(text.len()) };
    while scanner.at < scanner.bytes.len() {
        scanner.step();
    }
    // Only whole literals and comments are replaced, byte for byte by ASCII, so what is left is still UTF-8.
    String::from_utf8_lossy(&scanner.out).into_owned()
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    out: Vec<u8>,
}

impl Scanner<'_> {
    fn peek(&self, offset: usize) -> u8 {
        self.bytes.get(self.at + offset).copied().unwrap_or(0)
    }

    fn keep(&mut self) {
        self.out.push(self.peek(0));
        self.at += 1;
    }

    fn blank(&mut self, count: usize) {
        for _ in 0..count.min(self.bytes.len() - self.at) {
            self.out.push(if self.peek(0) == b'\n' { b'\n' } else { b' ' });
            self.at += 1;
        }
    }

    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (b'/', b'/') => self.line_comment(),
            (b'/', b'*') => self.block_comment(),
            (b'"', _) => self.string(),
            (b'r', b'"' | b'#') if !self.within_word() => self.raw_string(),
            (b'\'', _) => self.character_or_lifetime(),
            _ => self.keep(),
        }
    }

    /// Tells whether the previous byte belongs to a longer word, as the `r` of `for`; the prefixes `b` and `c` do not count.
    fn within_word(&self) -> bool {
        let before = |offset: usize| self.at.checked_sub(offset).map_or(b' ', |at| self.bytes[at]);
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match before(1) {
            b'b' | b'c' => is_word(before(2)),
            byte => is_word(byte),
        }
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.blank(length);
    }

    fn block_comment(&mut self) {
        let mut depth = 0usize;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => depth += 1,
                (b'*', b'/') => depth -= 1,
                _ => {
                    self.blank(1);
                    continue;
                }
            }
            self.blank(2);
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.blank(1);
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => self.blank(2),
                b'"' => return self.blank(1),
                _ => self.blank(1),
            }
        }
    }

    fn raw_string(&mut self) {
        let hashes = self.bytes[self.at + 1..].iter().take_while(|byte| **byte == b'#').count();
        if self.peek(1 + hashes) != b'"' {
            // A raw identifier such as `r#type`.
            return self.keep();
        }
        self.blank(hashes + 2);
        let end: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
        while self.at < self.bytes.len() && !self.bytes[self.at..].starts_with(&end) {
            self.blank(1);
        }
        self.blank(end.len());
    }

    fn character_or_lifetime(&mut self) {
        if self.peek(1) == b'\\' {
            self.blank(3);
            while self.at < self.bytes.len() && self.peek(0) != b'\'' {
                self.blank(1);
            }
            return self.blank(1);
        }
        let width = match self.peek(1) {
            0..=0x7f => 1,
            0x80..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        if self.peek(1 + width) == b'\'' {
            self.blank(width + 2);
        } else {
            self.keep();
        }
    }
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// The line, from 1, of its `fn`.
    pub(crate) line: usize,
    /// Lines of its body that hold code.
    pub(crate) length: usize,
}

/// Returns every function of masked source.
pub(crate) fn functions(masked: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = masked[at..].find("fn ") {
        let start = at + offset;
        at = start + 3;
        let preceded = masked[..start].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_');
        let name: String = masked[at..].trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if preceded || name.is_empty() {
            continue;
        }
        let Some((open, close)) = body(masked, at) else { continue };
        let length = masked[open + 1..close].lines().filter(|line| !line.trim().is_empty()).count();
        found.push(Function { name, line: masked[..start].matches('\n').count() + 1, length });
    }
    found
}

/// Finds the braces of the body whose signature starts at `from`; nothing if it ends in a semicolon.
fn body(masked: &str, from: usize) -> Option<(usize, usize)> {
    let mut nesting = 0usize;
    for (offset, byte) in masked[from..].bytes().enumerate() {
        match byte {
            b'(' | b'[' => nesting += 1,
            b')' | b']' => nesting = nesting.checked_sub(1)?,
            b';' if nesting == 0 => return None,
            b'{' if nesting == 0 => return Some((from + offset, closing_brace(masked, from + offset)?)),
            _ => {}
        }
    }
    None
}

/// Finds the brace that closes the one at `open`.
fn closing_brace(masked: &str, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (offset, byte) in masked[open..].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(open + offset);
                }
            }
            _ => {}
        }
    }
    None
}

/// Counts the lines of source that belong to no `#[cfg(test)]` module.
pub(crate) fn non_test_lines(masked: &str) -> usize {
    let mut lines = masked.lines().count();
    let mut at = 0;
    while let Some(offset) = masked[at..].find("#[cfg(test)]") {
        let start = at + offset;
        at = start + 1;
        let item = masked[start..].trim_start_matches("#[cfg(test)]").trim_start();
        if !(item.starts_with("mod ") || item.starts_with("pub mod ")) {
            continue;
        }
        if let Some((_, close)) = body(masked, start + "#[cfg(test)]".len()) {
            lines -= masked[start..=close].lines().count();
            at = close;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked() {
        let source = "let a = \"}{\\\"}\"; // }\nlet b = '{'; /* { /* { */ */ let c = r#\"}\"\"#; let d: &'a str = b\"{\"; let e = '\\'';";
        let masked = mask(source);
        assert_eq!(masked.len(), source.len());
        assert!(!masked.contains(['{', '}']), "{masked}");
        assert!(masked.contains("let d: &'a str"));
        assert_eq!(masked.lines().count(), 2);
    }

    #[test]
    fn a_raw_identifier_and_a_word_that_ends_in_r_start_no_string() {
        assert_eq!(mask("fn r#type() {} for\"x\""), "fn r#type() {} for   ");
    }

    #[test]
    fn functions_are_counted_without_blanks_and_comments() {
        let source =
            "trait T { fn declared(&self, a: [u8; 4]); }\nfn outer<T: Fn(u8) -> u8>(f: T)\n{\n    // why\n\n    one();\n    two();\n}\n";
        assert_eq!(functions(&mask(source)), [Function { name: "outer".into(), line: 2, length: 2 }]);
    }

    #[test]
    fn test_modules_do_not_count() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod elsewhere;\n";
        assert_eq!(non_test_lines(&mask(source)), 4);
    }
}
