//! A camera's URL, as the decoder gets it. Pure functions.

use neurite_core::{Endpoint, PluginError};
use std::fmt::Write;

/// Returns the URL with user and password in it.
///
/// Fails with [`PluginError::Parameters`] if the URL has characters that do not belong into one: the decoder gets it as a quoted line of a list.
pub(super) fn with_credentials(endpoint: &Endpoint) -> Result<String, PluginError> {
    let url = &endpoint.url;
    if !url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\'' | b'"' | b'\\')) {
        return Err(PluginError::parameters("/URL", "has characters that a URL cannot have: encode them with %"));
    }
    let password = endpoint.password.as_ref().map(|password| password.expose());
    let credentials = match (endpoint.user.as_deref(), password) {
        (None, None) => return Ok(url.clone()),
        (user, None) => encoded(user.unwrap_or_default()),
        (user, Some(password)) => format!("{}:{}", encoded(user.unwrap_or_default()), encoded(password)),
    };
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    Ok(format!("{scheme}://{credentials}@{rest}"))
}

/// Writes everything but letters, digits and `-._~` with `%`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => write!(encoded, "%{byte:02X}").expect("a string takes all that is written; qed"),
        }
    }
    encoded
}
