//! The check that a query is one statement that reads.

/// Returns the query from its first word to its last, or what is wrong with it.
///
/// Servers refuse more than one statement in a prepared query, so that what is not understood here of their dialects does no harm. SQLite
/// would run all of them, and `ATTACH` leads out of the data folder: its quotes and comments are understood exactly.
pub(super) fn single_select(query: &str) -> Result<&str, &'static str> {
    let mut end = 0;
    let mut first = None;
    let mut is_over = false;
    let mut rest = query.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let next = rest.peek().map(|(_, character)| *character);
        match (character, next) {
            ('-', Some('-')) => while rest.next_if(|(_, character)| *character != '\n').is_some() {},
            ('/', Some('*')) => skip_comment(&mut rest)?,
            (character, _) if character.is_whitespace() => {}
            (';', _) => is_over = true,
            _ if is_over => return Err("must be one statement"),
            ('\'' | '"' | '`', _) => {
                first.get_or_insert(at);
                end = skip_quoted(&mut rest, character)?;
            }
            ('[', _) => {
                first.get_or_insert(at);
                end = skip_bracketed(&mut rest)?;
            }
            _ => {
                first.get_or_insert(at);
                end = at + character.len_utf8();
            }
        }
    }
    let begin = first.unwrap_or(end);
    let word = query[begin..end].split(|character: char| !character.is_ascii_alphabetic()).next().unwrap_or_default();
    match word.to_ascii_uppercase().as_str() {
        "SELECT" | "WITH" => Ok(&query[begin..end]),
        _ => Err("must be a SELECT"),
    }
}

type Characters<'a> = std::iter::Peekable<std::str::CharIndices<'a>>;

/// Passes over a comment whose beginning is at hand.
fn skip_comment(rest: &mut Characters<'_>) -> Result<(), &'static str> {
    rest.next();
    while let Some((_, character)) = rest.next() {
        if character == '*' && rest.next_if(|(_, next)| *next == '/').is_some() {
            return Ok(());
        }
    }
    Err("has a comment without an end")
}

/// Passes over a quoted text whose first quote was taken, and returns where it ends; two quotes in it stand for one.
fn skip_quoted(rest: &mut Characters<'_>, quote: char) -> Result<usize, &'static str> {
    while let Some((at, character)) = rest.next() {
        if character == quote && rest.next_if(|(_, next)| *next == quote).is_none() {
            return Ok(at + quote.len_utf8());
        }
    }
    Err("has a quoted text without an end")
}

/// Passes over a name between brackets, of which the first was taken, and returns where it ends.
fn skip_bracketed(rest: &mut Characters<'_>) -> Result<usize, &'static str> {
    rest.find(|(_, character)| *character == ']').map(|(at, _)| at + 1).ok_or("has a bracket without an end")
}
