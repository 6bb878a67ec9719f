//! What the disk takes, synchronised.

use super::scratch;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    time::{Duration, Instant},
};

/// Bytes of a block.
const BLOCK: usize = 1 << 20;
/// The most blocks of a round: what a slow disk still takes in a second or two.
const MOST_BLOCKS: u32 = 64;
/// A round ends when so much time has gone.
const ROUND: Duration = Duration::from_millis(400);
/// Rounds, of which the best counts.
const ROUNDS: u32 = 3;

/// Returns the MiB that are on the disk of `folder` a second after they are written; leaves nothing behind.
///
/// # Errors
/// What the system says if the folder cannot be written to.
pub fn written_per_second(folder: &Path) -> io::Result<f64> {
    let (file, block) = (scratch(folder, "disk"), incompressible());
    let rates: io::Result<Vec<f64>> = (0..ROUNDS).map(|_| round(&file, &block)).collect();
    let removed = fs::remove_file(&file);
    let best = rates?.into_iter().fold(0.0, f64::max);
    removed.map(|()| best)
}

fn round(path: &Path, block: &[u8]) -> io::Result<f64> {
    let mut file = File::create(path)?;
    let (began, mut blocks) = (Instant::now(), 0);
    while blocks < MOST_BLOCKS && began.elapsed() < ROUND {
        file.write_all(block)?;
        blocks += 1;
    }
    file.sync_all()?;
    Ok(f64::from(blocks) / began.elapsed().as_secs_f64())
}

/// Bytes that look random, for some file systems compress (xorshift of G. Marsaglia, 2003).
fn incompressible() -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..BLOCK / 8).flat_map(|_| next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_measured_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        assert!(written_per_second(folder.path()).unwrap() > 0.0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(written_per_second(&folder.path().join("absent")).is_err());
    }

    #[test]
    fn blocks_do_not_repeat_themselves() {
        let block = incompressible();
        let words: std::collections::HashSet<&[u8]> = block.chunks_exact(8).collect();
        assert_eq!(words.len(), BLOCK / 8);
    }
}
