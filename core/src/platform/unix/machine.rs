//! The machine and who uses it.

use uuid::Uuid;

/// Names this boot of the machine, where the system tells; None means that
/// only what was synced counts after a restart.
pub fn boot_id() -> Option<Uuid> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Uuid::parse_str(text.trim()).ok()
}

/// Milliseconds of a clock that never jumps and counts system sleep.
pub fn monotonic_ms() -> u64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    // Elsewhere the monotonic clock itself counts sleep.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(clock);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1000
        + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
}

/// Names the user this process runs as.
pub fn user() -> String {
    format!("uid {}", rustix::process::getuid().as_raw())
}
