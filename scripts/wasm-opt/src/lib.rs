//! The part of the `wasm-opt` crate's interface that `substrate-wasm-builder` calls, without Binaryen.
//!
//! For the target `wasm32v1-none` its two passes reduce to one: strip the debug sections. Sign extension never occurs in that
//! target's code, so lowering it is the identity. Binaryen itself takes eight minutes to compile for this.

use std::{fmt, fs, io, path::Path};

/// A pass of Binaryen's optimiser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Removes the custom sections that hold DWARF.
    StripDwarf,
    /// Rewrites sign-extension operators; `wasm32v1-none` emits none.
    SignextLowering,
}

/// Why a file could not be rewritten.
#[derive(Debug)]
pub enum OptimizationError {
    /// The file could not be read or written.
    Io(io::Error),
    /// The file is no WebAssembly module, or ends within a section.
    Malformed {
        /// Offset of the first byte that does not fit.
        offset: usize,
    },
}

impl fmt::Display for OptimizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "wasm file: {error}"),
            Self::Malformed { offset } => write!(f, "not a wasm module at byte {offset}"),
        }
    }
}

impl std::error::Error for OptimizationError {}

impl From<io::Error> for OptimizationError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What to do with a module; level 0 only runs the passes that were added.
#[derive(Debug, Default)]
pub struct OptimizationOptions {
    passes: Vec<Pass>,
}

impl OptimizationOptions {
    /// Starts with no pass.
    pub fn new_opt_level_0() -> Self {
        Self::default()
    }

    /// The input is MVP already: the target guarantees it.
    pub fn mvp_features_only(&mut self) -> &mut Self {
        self
    }

    /// Names of functions are always kept.
    pub fn debug_info(&mut self, _keep: bool) -> &mut Self {
        self
    }

    /// Adds a pass.
    pub fn add_pass(&mut self, pass: Pass) -> &mut Self {
        self.passes.push(pass);
        self
    }

    /// Rewrites `input` to `output`; both may name the same file.
    pub fn run(&self, input: impl AsRef<Path>, output: impl AsRef<Path>) -> Result<(), OptimizationError> {
        let module = fs::read(input)?;
        let result = if self.passes.contains(&Pass::StripDwarf) { strip_dwarf(&module)? } else { module };
        Ok(fs::write(output, result)?)
    }
}

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM_SECTION: u8 = 0;

/// Copies `module` without the custom sections whose names start with `.debug_`.
fn strip_dwarf(module: &[u8]) -> Result<Vec<u8>, OptimizationError> {
    if !module.starts_with(HEADER) {
        return Err(OptimizationError::Malformed { offset: 0 });
    }
    let mut kept = HEADER.to_vec();
    let mut offset = HEADER.len();
    while let Some(&id) = module.get(offset) {
        let (size, body) = leb128(module, offset + 1)?;
        let end = body.saturating_add(size);
        let section = module.get(offset..end).ok_or(OptimizationError::Malformed { offset })?;
        if id != CUSTOM_SECTION || !custom_name(module, body, end)?.starts_with(b".debug_") {
            kept.extend_from_slice(section);
        }
        offset = end;
    }
    Ok(kept)
}

fn custom_name(module: &[u8], body: usize, end: usize) -> Result<&[u8], OptimizationError> {
    let (length, start) = leb128(module, body)?;
    let stop = start.saturating_add(length);
    if stop > end {
        return Err(OptimizationError::Malformed { offset: start });
    }
    module.get(start..stop).ok_or(OptimizationError::Malformed { offset: start })
}

/// Reads an unsigned LEB128 number of at most 32 bits; returns it and the offset after it.
fn leb128(module: &[u8], mut offset: usize) -> Result<(usize, usize), OptimizationError> {
    let start = offset;
    let mut value = 0usize;
    for shift in (0..35).step_by(7) {
        let byte = *module.get(offset).ok_or(OptimizationError::Malformed { offset: start })?;
        value |= usize::from(byte & 0x7f) << shift;
        offset += 1;
        if byte & 0x80 == 0 {
            return Ok((value, offset));
        }
    }
    Err(OptimizationError::Malformed { offset: start })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![id, body.len() as u8];
        bytes.extend_from_slice(body);
        bytes
    }

    #[test]
    fn debug_sections_go_and_the_others_stay_in_order() {
        let names = section(0, b"\x04name\x01\x02");
        let types = section(1, b"\x00");
        let module = [HEADER, &section(0, b"\x0b.debug_infoxyz"), &types, &names, &section(0, b"\x0a.debug_str")].concat();
        assert_eq!(strip_dwarf(&module).unwrap(), [HEADER, &types, &names].concat());
    }

    #[test]
    fn a_section_that_ends_too_early_is_refused() {
        let module = [HEADER, &[1, 200, 1, 0][..]].concat();
        assert!(matches!(strip_dwarf(&module), Err(OptimizationError::Malformed { offset: 8 })));
        assert!(strip_dwarf(b"ELF").is_err());
    }
}
