//! The product's own measurements.

use crate::Error;
use crate::cli::Bench;

pub async fn bench(asked: Bench) -> Result<(), Error> {
    Err(Error::Usage(format!("there is no bench {:?}", asked.name)))
}
