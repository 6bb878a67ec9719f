//! How much memory a process holds.

use std::fs;

/// Returns the bytes of memory that a process has in use, without those that it shares with the engine; `None` if it is gone.
pub(crate) fn resident_bytes(pid: u32) -> Option<u64> {
    own_bytes(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

/// Reads the text of `/proc/PID/status`.
fn own_bytes(status: &str) -> Option<u64> {
    let kibibytes = |name: &str| {
        let rest = status.lines().find_map(|line| line.strip_prefix(name))?;
        rest.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
    };
    let bytes = kibibytes("RssAnon:")?.checked_add(kibibytes("RssFile:")?)?;
    bytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_memory_does_not_count() {
        let status = "Name:\tneurite\nVmRSS:\t     900 kB\nRssAnon:\t     300 kB\nRssFile:\t     100 kB\nRssShmem:\t     500 kB\n";
        assert_eq!(own_bytes(status), Some(400 * 1_024));
        assert_eq!(own_bytes("Name:\tgone\n"), None);
        assert!(resident_bytes(std::process::id()).is_some_and(|bytes| bytes > 100_000));
    }
}
