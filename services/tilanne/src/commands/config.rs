//! `tilanne config`: whether the configuration is sound, and what it is.

use crate::Error;
use crate::cli::ConfigAction;
use crate::config;
use crate::output::say;

pub fn config(action: ConfigAction) -> Result<(), Error> {
    match action {
        ConfigAction::Check { settings } => {
            let loaded = config::load(&settings)?;
            runtime::serve::require_loopback(loaded.values.server.listen)?;
            loaded.values.nats.check_files()?;
            let described = config::area(loaded.values.server.area.as_deref())?;
            for file in &loaded.values.sources.feeds {
                sources::tabular::Spec::from_toml(&config::read(file)?, &file.display().to_string())?;
            }
            let area = described.area;
            say(&format!(
                "sound: area {} with {} stations and {} feeds",
                area.id,
                area.stations.len(),
                area.feeds.len()
            ))
        }
        ConfigAction::Show { settings } => {
            let loaded = config::load(&settings)?;
            say(loaded.show().trim_end())
        }
    }
}
