//! Where a queue is kept when nobody says where.

use std::env;
use std::path::PathBuf;

const NAME: &str = "bgcopy";

/// The folder of the user's default queue: the one the platform has for such
/// things. None if the user has no home folder.
pub fn default_store() -> Option<PathBuf> {
    if cfg!(windows) {
        let local = env::var_os("LOCALAPPDATA").map(PathBuf::from);
        return local.filter(|local| local.is_absolute()).map(|local| local.join(NAME));
    }
    choose(env::var_os("XDG_STATE_HOME").map(PathBuf::from), env::home_dir())
}

/// A relative state folder does not count, as its specification says.
fn choose(state: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let home = home.filter(|home| home.is_absolute());
    if cfg!(target_os = "macos") {
        return home.map(|home| home.join("Library/Application Support").join(NAME));
    }
    state
        .filter(|state| state.is_absolute())
        .or_else(|| home.map(|home| home.join(".local/state")))
        .map(|state| state.join(NAME))
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn state_folder_comes_before_home() {
        let home = Some(PathBuf::from("/home/x"));
        let of_home = Some(PathBuf::from("/home/x/.local/state/bgcopy"));
        assert_eq!(choose(Some("/state".into()), home.clone()), Some("/state/bgcopy".into()));
        assert_eq!(choose(Some("relative".into()), home.clone()), of_home);
        assert_eq!(choose(None, home), of_home);
        assert_eq!(choose(None, None), None);
    }
}
