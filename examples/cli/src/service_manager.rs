//! Notifies systemd of the state of `serve`, if it asks for that with NOTIFY_SOCKET
//! (sd_notify(3), `Type=notify`).

/// The queue is open: others can join it, and what depends on it can start.
pub fn notify_ready() {
    #[cfg(unix)]
    notify(&sd_notify::NotifyState::Ready);
}

/// It ends in good order, which may take a moment.
pub fn notify_stopping() {
    #[cfg(unix)]
    notify(&sd_notify::NotifyState::Stopping);
}

/// A service manager that cannot be notified is no reason to transfer nothing.
#[cfg(unix)]
fn notify(state: &sd_notify::NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        let text = format!("bgcopy: the socket of NOTIFY_SOCKET does not take {state}: {error}");
        crate::output::complain(&text);
    }
}
