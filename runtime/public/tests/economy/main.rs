//! The economy of the whole runtime: what is held, who may act for whom, and what holders of tokens can decide.

mod governance;
mod proxies;
mod support;
mod vesting;
