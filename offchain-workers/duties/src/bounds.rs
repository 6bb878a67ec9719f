//! The bounds of everything that a step reads, plans or remembers.

use neurite_primitives::BlockNumber;
use sp_core::ConstU32;
use sp_runtime::BoundedVec;

/// The most actions of one step; what is left over is owed in the next.
pub const MAX_ACTIONS: u32 = 32;
/// The most jobs in one observation.
pub const MAX_OBSERVED_JOBS: u32 = 256;
/// The most pages in one observation.
pub const MAX_OBSERVED_PAGES: u32 = 512;
/// The longest encoded reply of an engine, in bytes: every page and job at its longest fits.
pub const MAX_REPLY: u32 = 256 * 1024;
/// The most duties remembered as being on their way.
pub const MAX_IN_FLIGHT: usize = 256;
/// Blocks after which a transaction that shows no effect is sent again.
pub const RETRY_AFTER: BlockNumber = 5;

/// The actions of one step.
pub type Actions<A> = BoundedVec<A, ConstU32<MAX_ACTIONS>>;
