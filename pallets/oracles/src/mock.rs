//! A runtime of system and oracles; jobs, time and epochs are set by the test.

use crate as pallet_oracles;
use codec::Encode;
use frame_support::{
    derive_impl,
    dispatch::GetDispatchInfo,
    pallet_prelude::{TransactionSource, TransactionValidityError},
    traits::OneSessionHandler,
};
use neurite_primitives::{
    messages::{Attestation, AvailabilityReport},
    oracle::{OracleId, OraclePair, OracleSignature},
    AttestedStatus, BlockNumber, EpochIndex, JobId, JobKey, PageIndex, PAGE_SIZE,
};
use neurite_traits::{
    mock::{self as world, AccountId, MockClock, MockJobStatusUpdates},
    EpochHooks,
};
use sp_core::{Pair, H256};
use sp_runtime::{
    testing::UintAuthorityId,
    traits::{Applyable, BlakeTwo256, Checkable},
    transaction_validity::ValidTransaction,
    BuildStorage, DispatchResult, Permill,
};

pub(crate) type TxExtension = (frame_system::AuthorizeCall<Test>,);
pub(crate) type UncheckedExtrinsic = sp_runtime::generic::UncheckedExtrinsic<AccountId, RuntimeCall, UintAuthorityId, TxExtension>;
type Block = sp_runtime::generic::Block<sp_runtime::generic::Header<u64, BlakeTwo256>, UncheckedExtrinsic>;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;
    #[runtime::pallet_index(1)]
    pub type Oracles = pallet_oracles::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
}

impl<LocalCall> frame_system::offchain::CreateTransactionBase<LocalCall> for Test
where
    RuntimeCall: From<LocalCall>,
{
    type RuntimeCall = RuntimeCall;
    type Extrinsic = UncheckedExtrinsic;
}

impl<LocalCall> frame_system::offchain::CreateTransaction<LocalCall> for Test
where
    RuntimeCall: From<LocalCall>,
{
    type Extension = TxExtension;

    fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_transaction(call, extension)
    }
}

impl<LocalCall> frame_system::offchain::CreateAuthorizedTransaction<LocalCall> for Test
where
    RuntimeCall: From<LocalCall>,
{
    fn create_extension() -> TxExtension {
        (frame_system::AuthorizeCall::new(),)
    }
}

impl pallet_oracles::Config for Test {
    type Clock = MockClock;
    type Jobs = MockJobStatusUpdates;
    type WeightInfo = ();
}

/// The block that the tests run in.
pub(crate) const NOW: u64 = 100;
/// The epoch that the tests run in.
pub(crate) const EPOCH: EpochIndex = 5;
/// The oracles of the first session.
pub(crate) const ORACLES: u32 = 4;

/// Runs a test at block [`NOW`] of epoch [`EPOCH`] with [`ORACLES`] oracles and the job 1 to attest, and checks the invariants at its end.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
    externalities().execute_with(|| {
        test();
        Oracles::do_try_state().unwrap();
    });
}

/// What [`build_and_execute`] runs in, for tests that extend it.
pub(crate) fn externalities() -> sp_io::TestExternalities {
    world::reset();
    let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
    let mut externalities = sp_io::TestExternalities::new(storage);
    externalities.execute_with(|| {
        System::set_block_number(NOW);
        for block in 90..NOW as BlockNumber {
            frame_system::BlockHash::<Test>::insert(u64::from(block), hash(block));
        }
        session(0..ORACLES);
        start_epoch(EPOCH);
        world::with(|world| world.attestable.push(job(1)));
    });
    externalities
}

pub(crate) fn pair(oracle: u32) -> OraclePair {
    OraclePair::from_string(&format!("//oracle{oracle}"), None).unwrap()
}

pub(crate) fn id(oracle: u32) -> OracleId {
    pair(oracle).public()
}

/// Begins a session with these oracles.
pub(crate) fn session(oracles: impl IntoIterator<Item = u32>) {
    let keys: Vec<(u64, OracleId)> = oracles.into_iter().map(|oracle| (u64::from(oracle), id(oracle))).collect();
    let validators = || keys.iter().map(|(account, key)| (account, key.clone()));
    Oracles::on_new_session(true, validators(), validators());
}

pub(crate) fn start_epoch(epoch: EpochIndex) {
    world::with(|world| world.epoch = epoch);
    Oracles::epoch_started(epoch);
}

/// Closes the current epoch with this many deeds and begins the next.
pub(crate) fn close_epoch(deeds: u32) -> EpochIndex {
    let epoch = world::with(|world| world.epoch);
    Oracles::epoch_closing(epoch, deeds, deeds.div_ceil(PAGE_SIZE));
    start_epoch(epoch + 1);
    epoch
}

pub(crate) fn job(id: JobId) -> JobKey<AccountId> {
    JobKey { sender: 7, id }
}

/// The hash of a block that the chain remembers.
pub(crate) fn hash(block: BlockNumber) -> H256 {
    H256::from_low_u64_be(u64::from(block))
}

pub(crate) fn genesis() -> H256 {
    System::block_hash(0)
}

/// An attestation of job 1 that looks at `block`.
pub(crate) fn attestation(oracle: u32, status: AttestedStatus, percent: u32, block: BlockNumber) -> Attestation<AccountId> {
    let progress = Permill::from_percent(percent);
    let epoch = world::with(|world| world.epoch);
    Attestation { epoch, oracle, job: job(1), status, progress, block, hash: hash(block) }
}

pub(crate) fn report(epoch: EpochIndex, oracle: u32, page: PageIndex, values: &[u8]) -> AvailabilityReport {
    AvailabilityReport { epoch, oracle, page, values: values.to_vec().try_into().unwrap() }
}

pub(crate) type Applied = Result<DispatchResult, TransactionValidityError>;

/// Signs with the key of the oracle of that number and applies.
pub(crate) fn attest(attestation: Attestation<AccountId>) -> Applied {
    let signature = pair(attestation.oracle).sign(&attestation.signing_bytes(genesis()));
    apply(attest_call(attestation, signature))
}

pub(crate) fn attest_call(attestation: Attestation<AccountId>, signature: OracleSignature) -> RuntimeCall {
    pallet_oracles::Call::attest { attestation, signature }.into()
}

/// Signs with the key of the oracle of that number and applies.
pub(crate) fn report_page(report: AvailabilityReport) -> Applied {
    let signature = pair(report.oracle).sign(&report.signing_bytes(genesis()));
    apply(report_call(report, signature))
}

pub(crate) fn report_call(report: AvailabilityReport, signature: OracleSignature) -> RuntimeCall {
    pallet_oracles::Call::report_availability { report, signature }.into()
}

/// Puts a call through the pipeline of a block, as a transaction that nobody signs.
pub(crate) fn apply(call: RuntimeCall) -> Applied {
    apply_extrinsic(UncheckedExtrinsic::new_transaction(call, (frame_system::AuthorizeCall::new(),)))
}

pub(crate) fn apply_extrinsic(extrinsic: UncheckedExtrinsic) -> Applied {
    let (info, length) = (extrinsic.get_dispatch_info(), extrinsic.encoded_size());
    let checked = extrinsic.check(&frame_system::ChainContext::<Test>::default())?;
    checked.apply::<Test>(&info, length).map(|result| result.map(|_| ()).map_err(|error| error.error))
}

/// What the pool is told of a call.
pub(crate) fn validate(call: RuntimeCall) -> Result<ValidTransaction, TransactionValidityError> {
    let extrinsic = UncheckedExtrinsic::new_transaction(call, (frame_system::AuthorizeCall::new(),));
    let (info, length) = (extrinsic.get_dispatch_info(), extrinsic.encoded_size());
    let checked = extrinsic.check(&frame_system::ChainContext::<Test>::default())?;
    checked.validate::<Test>(TransactionSource::External, &info, length)
}
