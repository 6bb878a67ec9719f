//! Numbers as Python writes them.

use std::fmt::Write as _;

/// Writes a float as Python's `repr`: the shortest text that reads back as the same float; NaN and infinities as `null`.
pub fn float(value: f64) -> String {
    if !value.is_finite() {
        return "null".to_owned();
    }
    let shortest = shortest(value);
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let mut text = sign.to_owned();
    match exponent {
        0..=15 => write_plain(&digits, exponent, &mut text),
        -4..=-1 => {
            text.push_str("0.");
            text.extend((1..exponent.unsigned_abs()).map(|_| '0'));
            text.push_str(&digits);
        }
        _ => {
            text.push_str(mantissa);
            let sign = if exponent < 0 { '-' } else { '+' };
            let _ = write!(text, "e{sign}{:02}", exponent.unsigned_abs());
        }
    }
    text
}

/// Returns the shortest digits that read back as the same float, and the decimal exponent of the first, e.g. `-1.25e-7`.
///
/// Of several texts of the same length this is the nearest, and of two that are equally near the even one, as in Python; the
/// standard library alone takes the greater.
fn shortest(value: f64) -> String {
    let shortest = format!("{value:e}");
    let mantissa = shortest.split_once('e').map_or(shortest.as_str(), |(mantissa, _)| mantissa);
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let nearest = format!("{value:.*e}", digits.saturating_sub(1));
    if nearest.parse() == Ok(value) {
        nearest
    } else {
        shortest
    }
}

/// Writes digits whose first has the weight `10^exponent`, with at least one digit after the point.
fn write_plain(digits: &str, exponent: i32, text: &mut String) {
    let whole = usize::try_from(exponent).unwrap_or(0).saturating_add(1);
    match digits.split_at_checked(whole) {
        Some((whole, "")) => {
            text.push_str(whole);
            text.push_str(".0");
        }
        Some((whole, fraction)) => {
            text.push_str(whole);
            text.push('.');
            text.push_str(fraction);
        }
        None => {
            text.push_str(digits);
            text.extend((digits.len()..whole).map(|_| '0'));
            text.push_str(".0");
        }
    }
}

/// Writes a JSON number: integers of any size as they are, everything else as a float.
pub(super) fn write(number: &serde_json::Number, text: &mut String) {
    let plain = number.to_string();
    let is_integer = plain.strip_prefix('-').unwrap_or(&plain).bytes().all(|byte| byte.is_ascii_digit());
    match number.as_f64() {
        _ if is_integer => text.push_str(if plain == "-0" { "0" } else { &plain }),
        Some(value) => text.push_str(&float(value)),
        None => text.push_str("null"),
    }
}
