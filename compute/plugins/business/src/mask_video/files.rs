//! The files of an instance.
//!
//! A video `N.mkv`, N its first row, grows as `N.jpeg.part`: masked pictures, each a JPEG of its own, so that a file of any length is whole
//! up to its last picture. It can be cut back to where a checkpoint was made and go on from there with the very same bytes, which no
//! stream of an encoder can. When it is finished, `ffmpeg` makes `N.mkv.part` of it, which is renamed once it is on the disk.

use super::{encode::encode, error::VideoError, Codec, MaskVideo};
use neurite_core::{Context, Plugin};
use std::{
    fs::{self, File},
    io::{self, ErrorKind, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Where an instance writes, and how.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    /// The folder below the pipeline's own, as payloads name it.
    name: String,
    codec: Codec,
    frames_per_second: f64,
}

/// The pictures of a video that is not finished.
#[derive(Debug)]
pub(super) struct Spool {
    name: String,
    /// `None` if the video was finished before a restart: then nothing needs to be written again.
    file: Option<File>,
}

impl Files {
    /// Names the folder of an instance; nothing is made yet. Shards of jobs, which may be of the same document, have one each.
    pub(super) fn new(context: &Context, codec: Codec, frames_per_second: f64) -> Self {
        let mut name = format!("{}/{}", MaskVideo::SIGNATURE, context.instance);
        if let Some(job) = &context.job {
            let sender: String = job.sender.chars().filter(char::is_ascii_alphanumeric).collect();
            name = format!("{name}/{sender}-{}-{}", job.id, job.shard.index());
        }
        Self { folder: context.outputs.join(&name), name, codec, frames_per_second }
    }

    /// Returns a video's path below the pipeline's folder.
    pub(super) fn name(&self, first_row: u64) -> String {
        format!("{}/{}", self.name, file_name(first_row))
    }

    /// Opens the pictures of a video, of which so many bytes count: whatever is behind them was written by a process that was killed.
    pub(super) fn open(&self, first_row: u64, bytes: u64) -> Result<Spool, VideoError> {
        let name = self.name(first_row);
        let opened = match bytes {
            0 => fs::create_dir_all(&self.folder).and_then(|()| File::create(self.spool(first_row)).map(Some)),
            _ => reopen(&self.spool(first_row), bytes),
        };
        let file = opened.map_err(|source| VideoError::File { file: name.clone(), source })?;
        if file.is_none() && !self.video(first_row).exists() {
            return Err(VideoError::Gone { file: name });
        }
        Ok(Spool { name, file })
    }

    /// Makes the video of its pictures. Until it returns, there is no file of the final name, or the one of before.
    pub(super) fn finish(&self, first_row: u64, spool: Spool) -> Result<(), VideoError> {
        if spool.file.is_none() {
            return Ok(());
        }
        let (pictures, draft, name) = (self.spool(first_row), self.draft(first_row), self.name(first_row));
        let fault = |source: io::Error| VideoError::File { file: name.clone(), source };
        // The encoder of an engine that was killed may still write to a file of this name: that one must be another file.
        remove(&draft).map_err(fault)?;
        encode(&pictures, &draft, self.codec, self.frames_per_second, &name)?;
        File::open(&draft).and_then(|file| file.sync_all()).map_err(fault)?;
        fs::rename(&draft, self.video(first_row)).map_err(fault)?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(fault)?;
        remove(&pictures).map_err(fault)
    }

    /// Removes a video if it is there.
    pub(super) fn remove(&self, first_row: u64) -> Result<(), VideoError> {
        remove(&self.video(first_row)).map_err(|source| VideoError::File { file: self.name(first_row), source })
    }

    fn video(&self, first_row: u64) -> PathBuf {
        self.folder.join(file_name(first_row))
    }

    fn draft(&self, first_row: u64) -> PathBuf {
        self.folder.join(format!("{}.part", file_name(first_row)))
    }

    fn spool(&self, first_row: u64) -> PathBuf {
        self.folder.join(format!("{first_row:010}.jpeg.part"))
    }
}

impl Spool {
    /// Writes a picture.
    pub(super) fn append(&mut self, picture: &[u8]) -> Result<(), VideoError> {
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(picture));
        written.map_err(|source| VideoError::File { file: self.name.clone(), source })
    }

    /// Ends when what was written would survive a power cut.
    pub(super) fn sync(&self) -> Result<(), VideoError> {
        let synced = self.file.as_ref().map_or(Ok(()), File::sync_data);
        synced.map_err(|source| VideoError::File { file: self.name.clone(), source })
    }
}

fn file_name(first_row: u64) -> String {
    format!("{first_row:010}.mkv")
}

/// Opens a file to go on after so many bytes; `None` if it has fewer or is not there.
fn reopen(path: &Path, bytes: u64) -> io::Result<Option<File>> {
    let mut file = match File::options().write(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if file.metadata()?.len() < bytes {
        return Ok(None);
    }
    file.set_len(bytes)?;
    file.seek(SeekFrom::Start(bytes))?;
    Ok(Some(file))
}

/// Removes a file if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
