//! Video by Debian's `ffmpeg`, in a process of its own.
//!
//! No plugin: what [`crate::video_file`] and [`crate::video_stream`] share. A decoder of hostile video does not belong into the engine, so
//! `ffmpeg` runs as a child that writes pictures to a pipe, each with a short header (portable pixmap), so that size and border of every picture
//! are certain.
//!
//! Guarantees: no shell; no input from the terminal; protocols and container formats are those of a short list, so that no play list inside the
//! data leads to other files or hosts; the child may not write files and takes at most 4 GiB of memory; its messages are kept up to a bound and
//! without passwords; it runs in its own process group and is killed when its owner is dropped. Addresses of cameras go to it through a pipe, as
//! a list of one entry, because command lines are visible to every user of the machine.

mod command;
mod error;
mod messages;
mod picture;
mod process;

pub(crate) use command::{Camera, Command, Scale, Transport};
pub(crate) use error::FfmpegError;
pub(crate) use picture::Frame;
pub(crate) use process::{Pictures, Process, PROGRAM};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
