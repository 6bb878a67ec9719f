//! Patterns in run-length encoding.

/// The largest side of a pattern, and with it the longest run.
const MAX_SIDE: usize = 1_024;

/// The living cells of a pattern, as column and row, and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) alive: Vec<(usize, usize)>,
}

impl Pattern {
    /// Reads a pattern; fails with what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut x, mut y, mut run) = (0_usize, 0_usize, None::<usize>);
        let mut pattern = Self { width: 0, height: 0, alive: Vec::new() };
        for sign in text.chars().take_while(|sign| *sign != '!') {
            if let Some(digit) = sign.to_digit(10) {
                run = Some(run.unwrap_or(0) * 10 + digit as usize).filter(|run| *run <= MAX_SIDE);
                run.ok_or_else(|| format!("a run is longer than {MAX_SIDE}"))?;
                continue;
            }
            if sign.is_whitespace() {
                continue;
            }
            let count = run.take().unwrap_or(1);
            match sign {
                'b' => x += count,
                'o' => {
                    pattern.alive.extend((x..x + count).map(|x| (x, y)));
                    x += count;
                }
                '$' => (x, y) = (0, y + count),
                other => return Err(format!("{other:?} is none of b, o, $ and !")),
            }
            pattern.width = pattern.width.max(x);
            if x > MAX_SIDE || y >= MAX_SIDE {
                return Err(format!("the pattern is larger than {MAX_SIDE} × {MAX_SIDE}"));
            }
        }
        pattern.height = pattern.alive.iter().map(|(_, y)| y + 1).max().unwrap_or(0);
        if pattern.alive.is_empty() {
            return Err("no cell of the pattern lives".to_owned());
        }
        Ok(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glider_is_read_and_faults_are_named() {
        let glider = Pattern::parse("bob$2bo$\n3o!ignored").unwrap();
        assert_eq!((glider.width, glider.height), (3, 3));
        assert_eq!(glider.alive, [(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)]);
        let gap = Pattern::parse("o3$2o").unwrap();
        assert_eq!((gap.width, gap.height, gap.alive.len()), (2, 4, 3));
        let fault = |text: &str| Pattern::parse(text).unwrap_err();
        assert_eq!(fault("3x!"), "'x' is none of b, o, $ and !");
        assert_eq!(fault("b!"), "no cell of the pattern lives");
        assert!(fault("99999999999999999999o!").contains("longer"));
        assert!(fault("1000o1000o!").contains("larger"));
    }
}
