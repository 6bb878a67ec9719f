//! What the child says on its standard error.

use tokio::io::{AsyncRead, AsyncReadExt};

/// The most bytes of messages that are kept: the last ones.
const MAX_MESSAGES: usize = 400;

/// Reads messages until the child closes the pipe; returns the last of them in one line, without passwords.
pub(super) async fn last_messages(mut pipe: impl AsyncRead + Unpin) -> String {
    let mut kept = Vec::new();
    let mut is_cut = false;
    let mut chunk = [0; 1024];
    // A pipe that cannot be read has said its last.
    while let Ok(length @ 1..) = pipe.read(&mut chunk).await {
        kept.extend_from_slice(chunk.get(..length).unwrap_or_default());
        let excess = kept.len().saturating_sub(2 * MAX_MESSAGES);
        kept.drain(..excess);
        is_cut |= excess > 0;
    }
    let text = String::from_utf8_lossy(&kept);
    // What is left of a first word may be a password without the URL around it.
    let whole = if is_cut { text.split_once(char::is_whitespace).map_or("", |(_, rest)| rest) } else { &*text };
    let text = redacted(whole);
    let lines: Vec<&str> = text.lines().map(without_address).filter(|line| !line.is_empty()).collect();
    let text = lines.join("; ");
    let from = (text.len().saturating_sub(MAX_MESSAGES)..=text.len()).find(|at| text.is_char_boundary(*at));
    text.get(from.unwrap_or_default()..).unwrap_or_default().to_owned()
}

/// Takes user and password out of the URLs in a text.
pub(super) fn redacted(text: &str) -> String {
    let mut parts = text.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let authority_end = part.find(|c: char| c == '/' || c == '?' || c == '#' || c == '\'' || c.is_whitespace()).unwrap_or(part.len());
        let (authority, rest) = part.split_at(authority_end);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        shown.push_str("://");
        shown.push_str(host);
        shown.push_str(rest);
    }
    shown
}

/// Leaves out the memory address with which a line names its part of the program: `[h264 @ 0x55a67f8e5c00] text`.
fn without_address(line: &str) -> &str {
    let line = line.trim();
    match line.split_once("] ") {
        Some((part, rest)) if part.starts_with('[') && part.contains(" @ 0x") => rest.trim(),
        _ => line,
    }
}
