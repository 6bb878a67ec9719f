//! Paths of routes: what a plugin may open, and what a request asks for.

use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// The longest path of a route, in bytes.
const MAX_PATH: usize = 256;
/// The most segments of a path.
const MAX_SEGMENTS: usize = 16;

/// The path of a route: plain segments and named ones that take any value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern(Vec<Segment>);

/// A plain segment comes before a named one, so that the first pattern of a sorted list that matches is the most exact one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Plain(String),
    Named(String),
}

impl Pattern {
    /// Reads a pattern such as `cameras/{id}/frame`; fails with what is wrong with it.
    pub(super) fn parse(path: &str) -> Result<Self, &'static str> {
        let segments: Vec<Segment> =
            path.split('/').map(Segment::parse).collect::<Option<_>>().ok_or("must be of segments that are plain or a {name}")?;
        if path.len() > MAX_PATH || segments.len() > MAX_SEGMENTS {
            return Err("must have at most 256 bytes and 16 segments");
        }
        let doubled =
            segments.iter().enumerate().any(|(at, segment)| matches!(segment, Segment::Named(_)) && segments[..at].contains(segment));
        if doubled {
            return Err("must not name two segments alike");
        }
        Ok(Self(segments))
    }

    /// Tells whether both patterns match the same paths.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let alike = |(own, other): (&Segment, &Segment)| match (own, other) {
            (Segment::Plain(own), Segment::Plain(other)) => own == other,
            (Segment::Named(_), Segment::Named(_)) => true,
            _ => false,
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(alike)
    }

    /// Returns the values of the named segments if the path matches.
    pub(super) fn values(&self, path: &[String]) -> Option<BTreeMap<String, String>> {
        if self.0.len() != path.len() {
            return None;
        }
        let mut values = BTreeMap::new();
        for (segment, value) in self.0.iter().zip(path) {
            match segment {
                Segment::Plain(plain) if plain == value => {}
                Segment::Plain(_) => return None,
                Segment::Named(name) => {
                    values.insert(name.clone(), value.clone());
                }
            }
        }
        Some(values)
    }
}

impl Segment {
    fn parse(text: &str) -> Option<Self> {
        let name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(text) if !text.is_empty() && text.bytes().all(name) => Some(Self::Named(text.into())),
            Some(_) => None,
            None => (!["", ".", ".."].contains(&text) && text.bytes().all(plain)).then(|| Self::Plain(text.into())),
        }
    }
}

/// Splits the path of a request below `prefix` into its decoded segments; `None` if one is empty or no text.
///
/// A slash that is written `%2F` does not divide segments.
pub(super) fn segments(path: &str, prefix: &str) -> Option<Vec<String>> {
    let decode = |segment: &str| percent_decode_str(segment).decode_utf8().ok().map(String::from).filter(|text| !text.is_empty());
    path.strip_prefix(prefix)?.split('/').map(decode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_plain_or_named_segments() {
        for path in ["input", "a/b-c.d_e~f", "a/{id}/b/{other}"] {
            assert!(Pattern::parse(path).is_ok(), "{path}");
        }
        for path in ["", "/a", "a/", "a//b", "a/../b", ".", "a b", "{}", "{a b}", "{a", "x{a}", "{a}/{a}", "a%2f", "a?b"] {
            assert!(Pattern::parse(path).is_err(), "{path}");
        }
        assert!(Pattern::parse(&"a/".repeat(20)[..39]).is_err());
        assert!(Pattern::parse(&"a".repeat(257)).is_err());
    }

    #[test]
    fn values_are_decoded_segment_by_segment() {
        let pattern = Pattern::parse("cameras/{id}/frame").unwrap();
        let values = |path: &str| segments(path, "/v1/").and_then(|path| pattern.values(&path));
        assert_eq!(values("/v1/cameras/a%2Fb%20c/frame").unwrap(), BTreeMap::from([("id".into(), "a/b c".into())]));
        for path in ["/v1/cameras/a", "/v1/cameras//frame", "/v1/cameras/%ff/frame", "/v1/cameras/a/frame/", "/v2/cameras/a/frame"] {
            assert_eq!(values(path), None, "{path}");
        }
    }
}
