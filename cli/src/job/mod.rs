//! Jobs as the command line sees them: from a document and options to a specification, and from the chain's view to words.

pub mod results;
pub mod spec;
pub mod view;
pub mod watch;
