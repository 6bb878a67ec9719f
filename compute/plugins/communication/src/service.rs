//! What services outside say when they fail, and how one shows them who one is.

use base64::{engine::general_purpose::STANDARD, Engine};
use http::HeaderValue;
use neurite_core::{Endpoint, PluginError};

/// Returns the innermost cause of an error, which says what happened.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Returns the header `Authorization`: basic with user and password, a bearer token with a password alone.
pub(crate) fn authorization(endpoint: &Endpoint) -> Result<Option<HeaderValue>, PluginError> {
    let Some(password) = &endpoint.password else { return Ok(None) };
    let text = match &endpoint.user {
        Some(user) => format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose()))),
        None => format!("Bearer {}", password.expose()),
    };
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| PluginError::parameters("/URL", "the connection's password cannot be sent in a header"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurite_core::SecretText;

    #[test]
    fn a_password_is_a_token_or_belongs_to_a_user() {
        let of = |user: Option<&str>, password: Option<&str>| {
            let user = user.map(str::to_owned);
            authorization(&Endpoint { url: "http://h".into(), user, password: password.map(SecretText::new) })
        };
        assert_eq!(of(None, None).unwrap(), None);
        assert_eq!(of(None, Some("t0ken")).unwrap().unwrap(), "Bearer t0ken");
        let basic = of(Some("ann"), Some("s3cret")).unwrap().unwrap();
        assert_eq!(basic, "Basic YW5uOnMzY3JldA==");
        assert_eq!(format!("{basic:?}"), "Sensitive");
        let error = of(None, Some("s3c\nret")).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3c"));
    }
}
