//! Brings a received text into canonical form without interpreting its numbers.

use super::write_string;
use crate::{keys, MAX_MESSAGE};
use std::collections::BTreeMap;

/// How deep arrays and objects may be nested.
pub const MAX_DEPTH: usize = 64;
/// How many members all objects of a message may have together.
pub const MAX_MEMBERS: usize = 65_536;

/// Says why a text cannot be brought into canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {at}")]
pub struct Malformed {
    /// What is wrong.
    pub reason: &'static str,
    /// Where, in bytes from the start.
    pub at: usize,
}

/// A message split into what its hash covers and what it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalMessage {
    /// What the hash covers, with plain characters ([`super::Form::Utf8`]).
    pub text: String,
    /// The strings under the keys that the hash does not cover.
    pub not_hashed: BTreeMap<&'static str, String>,
}

/// Returns the canonical text of a value with plain characters ([`super::Form::Utf8`]).
///
/// # Errors
/// [`Malformed`] if it is not one JSON value within the bounds of this module.
pub fn canonical(raw: &[u8]) -> Result<String, Malformed> {
    let mut scanner = Scanner::new(raw)?;
    scanner.value(0)?;
    scanner.end()?;
    Ok(scanner.text)
}

/// Splits a message, which is an object, into what its hash covers and what it does not.
///
/// # Errors
/// [`Malformed`] if it is not one JSON object within the bounds of this module, or a key of the envelope has no string.
pub fn canonical_message(raw: &[u8]) -> Result<CanonicalMessage, Malformed> {
    let mut scanner = Scanner::new(raw)?;
    scanner.spaces();
    if scanner.peek() != Some(b'{') {
        return Err(scanner.malformed("the message is not an object"));
    }
    let mut not_hashed = BTreeMap::new();
    scanner.object(0, Some(&mut not_hashed))?;
    scanner.end()?;
    Ok(CanonicalMessage { text: scanner.text, not_hashed })
}

type NotHashed = BTreeMap<&'static str, String>;

pub(super) struct Scanner<'a> {
    raw: &'a str,
    at: usize,
    members: usize,
    text: String,
}

impl<'a> Scanner<'a> {
    fn new(raw: &'a [u8]) -> Result<Self, Malformed> {
        if raw.len() > MAX_MESSAGE {
            return Err(Malformed { reason: "the text is too large", at: MAX_MESSAGE });
        }
        match std::str::from_utf8(raw) {
            Ok(raw) => Ok(Self::over(raw)),
            Err(error) => Err(Malformed { reason: "the text is not UTF-8", at: error.valid_up_to() }),
        }
    }

    pub(super) fn over(raw: &'a str) -> Self {
        Self { raw, at: 0, members: 0, text: String::with_capacity(raw.len()) }
    }

    pub(super) fn malformed(&self, reason: &'static str) -> Malformed {
        Malformed { reason, at: self.at }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.raw.as_bytes().get(self.at).copied()
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.skip(1);
        }
    }

    fn end(&mut self) -> Result<(), Malformed> {
        self.spaces();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.malformed("something follows the value")),
        }
    }

    fn expect(&mut self, byte: u8, reason: &'static str) -> Result<(), Malformed> {
        self.spaces();
        if self.peek() != Some(byte) {
            return Err(self.malformed(reason));
        }
        self.skip(1);
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<(), Malformed> {
        self.spaces();
        match self.peek() {
            Some(b'{') => self.object(depth, None),
            Some(b'[') => self.array(depth),
            Some(b'"') => {
                let string = self.string()?;
                write_string(&string, &mut self.text);
                Ok(())
            }
            Some(_) if self.word() => Ok(()),
            Some(b'-' | b'0'..=b'9') => {
                let number = self.number()?;
                self.text.push_str(number);
                Ok(())
            }
            _ => Err(self.malformed("there is no value")),
        }
    }

    /// Reads a literal; Python writes the last three for floats that JSON does not have.
    fn word(&mut self) -> bool {
        let words = [("null", "null"), ("true", "true"), ("false", "false"), ("NaN", "null"), ("Infinity", "null"), ("-Infinity", "null")];
        let rest = self.raw.get(self.at..).unwrap_or_default();
        for (word, canonical) in words {
            if rest.starts_with(word) {
                self.skip(word.len());
                self.text.push_str(canonical);
                return true;
            }
        }
        false
    }

    /// Reads a number and returns its text.
    pub(super) fn number(&mut self) -> Result<&'a str, Malformed> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.skip(1);
        }
        match (self.peek(), self.digits()) {
            (Some(b'0'), 2..) => return Err(self.malformed("the number has a leading zero")),
            (_, 0) => return Err(self.malformed("the number has no digits")),
            _ => {}
        }
        if self.peek() == Some(b'.') {
            self.skip(1);
            if self.digits() == 0 {
                return Err(self.malformed("the number has no digits after its point"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.skip(1);
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.skip(1);
            }
            if self.digits() == 0 {
                return Err(self.malformed("the number has no exponent"));
            }
        }
        Ok(self.raw.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.skip(1);
        }
        self.at.saturating_sub(start)
    }

    fn deeper(&mut self, depth: usize) -> Result<usize, Malformed> {
        if depth >= MAX_DEPTH {
            return Err(self.malformed("the nesting is too deep"));
        }
        self.skip(1);
        self.spaces();
        Ok(depth.saturating_add(1))
    }

    fn array(&mut self, depth: usize) -> Result<(), Malformed> {
        let depth = self.deeper(depth)?;
        self.text.push('[');
        if self.peek() == Some(b']') {
            self.skip(1);
            self.text.push(']');
            return Ok(());
        }
        loop {
            self.value(depth)?;
            self.spaces();
            match self.peek() {
                Some(b',') => self.text.push(','),
                Some(b']') => break,
                _ => return Err(self.malformed("the array is not continued")),
            }
            self.skip(1);
        }
        self.skip(1);
        self.text.push(']');
        Ok(())
    }

    /// Reads an object; at the top of a message the keys that the hash does not cover are left out of the text.
    fn object(&mut self, depth: usize, mut not_hashed: Option<&mut NotHashed>) -> Result<(), Malformed> {
        let depth = self.deeper(depth)?;
        let start = self.text.len();
        // Each member's key and where its text is.
        let mut members: Vec<(String, std::ops::Range<usize>)> = Vec::new();
        if self.peek() == Some(b'}') {
            self.skip(1);
            self.text.push_str("{}");
            return Ok(());
        }
        loop {
            self.spaces();
            let from = self.text.len();
            let key = self.member(depth)?;
            let excluded = keys::NOT_HASHED.iter().find(|name| **name == key).filter(|_| not_hashed.is_some());
            match (excluded, not_hashed.as_deref_mut()) {
                (Some(name), Some(found)) => self.exclude(name, from, found)?,
                _ => members.push((key, from..self.text.len())),
            }
            self.spaces();
            match self.peek() {
                Some(b',') => self.skip(1),
                Some(b'}') => break,
                _ => return Err(self.malformed("the object is not continued")),
            }
        }
        self.skip(1);
        self.sort(start, members)
    }

    /// Reads a member, writes it and returns its key.
    fn member(&mut self, depth: usize) -> Result<String, Malformed> {
        self.members = self.members.saturating_add(1);
        if self.members > MAX_MEMBERS {
            return Err(self.malformed("there are too many members"));
        }
        if self.peek() != Some(b'"') {
            return Err(self.malformed("there is no key"));
        }
        let key = self.string()?;
        write_string(&key, &mut self.text);
        self.expect(b':', "the key has no value")?;
        self.text.push(':');
        self.value(depth)?;
        Ok(key)
    }

    /// Takes a member that the hash does not cover out of the text again.
    fn exclude(&mut self, name: &'static str, from: usize, found: &mut NotHashed) -> Result<(), Malformed> {
        let member = self.text.get(from..).unwrap_or_default();
        // What was written is `"NAME":value`; a string without escapes is all that these keys can have.
        let value = member.split_once(':').map(|(_, value)| value).unwrap_or_default();
        let plain = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|plain| !plain.contains('\\'));
        let Some(plain) = plain.map(str::to_owned) else {
            return Err(self.malformed("a key of the envelope does not have a plain string"));
        };
        self.text.truncate(from);
        match found.insert(name, plain) {
            None => Ok(()),
            Some(_) => Err(self.malformed("a key appears twice")),
        }
    }

    /// Replaces the members written since `start` by the object that has them in order.
    fn sort(&mut self, start: usize, mut members: Vec<(String, std::ops::Range<usize>)>) -> Result<(), Malformed> {
        // The order of bytes in UTF-8 is that of code points.
        members.sort_unstable_by(|(one, _), (other, _)| one.as_bytes().cmp(other.as_bytes()));
        if members.windows(2).any(|pair| matches!(pair, [(one, _), (other, _)] if one == other)) {
            return Err(self.malformed("a key appears twice"));
        }
        let mut object = String::with_capacity(self.text.len().saturating_sub(start).saturating_add(members.len()));
        object.push('{');
        for (position, (_, range)) in members.into_iter().enumerate() {
            if position > 0 {
                object.push(',');
            }
            object.push_str(self.text.get(range).unwrap_or_default());
        }
        object.push('}');
        self.text.truncate(start);
        self.text.push_str(&object);
        Ok(())
    }

    pub(super) fn string(&mut self) -> Result<String, Malformed> {
        self.skip(1);
        let mut string = String::new();
        loop {
            let rest = self.raw.get(self.at..).unwrap_or_default();
            let plain = rest.find(|character: char| matches!(character, '"' | '\\' | '\0'..='\u{1f}')).unwrap_or(rest.len());
            string.push_str(rest.get(..plain).unwrap_or_default());
            self.skip(plain);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => string.push(self.escape()?),
                Some(_) => return Err(self.malformed("the string has a control character")),
                None => return Err(self.malformed("the string does not end")),
            }
        }
        self.skip(1);
        Ok(string)
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        self.skip(1);
        let character = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.malformed("the escape is unknown")),
        };
        self.skip(1);
        Ok(character)
    }

    /// Reads the rest of `\uXXXX`, and of the second half of a surrogate pair.
    fn unicode(&mut self) -> Result<char, Malformed> {
        let first = self.unit()?;
        let mut units = vec![first];
        if (0xd800..0xdc00).contains(&first) && self.raw.get(self.at..).unwrap_or_default().starts_with("\\u") {
            self.skip(1);
            units.push(self.unit()?);
        }
        let mut decoded = char::decode_utf16(units);
        match (decoded.next(), decoded.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(self.malformed("the surrogate has no pair")),
        }
    }

    /// Reads `uXXXX`.
    fn unit(&mut self) -> Result<u16, Malformed> {
        self.skip(1);
        let digits = self.raw.get(self.at..self.at.saturating_add(4)).unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.malformed("the escape does not have four digits"));
        }
        let unit = u16::from_str_radix(digits, 16).map_err(|_| self.malformed("the escape does not have four digits"))?;
        self.skip(4);
        Ok(unit)
    }
}
