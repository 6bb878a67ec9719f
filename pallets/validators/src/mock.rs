//! A runtime of this pallet alone.

use crate as pallet_validators;
use frame_support::{derive_impl, parameter_types, traits::Everything};
use sp_runtime::BuildStorage;

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Validators = pallet_validators;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
}

parameter_types! {
    pub const MaxValidators: u32 = 3;
}

/// Every account but 99 has session keys.
pub struct HasKeys;
impl frame_support::traits::Contains<u64> for HasKeys {
    fn contains(account: &u64) -> bool {
        Everything::contains(account) && *account != 99
    }
}

impl pallet_validators::Config for Test {
    type ManageOrigin = frame_system::EnsureRoot<u64>;
    type MaxValidators = MaxValidators;
    type HasKeys = HasKeys;
    type WeightInfo = ();
}

/// Starts with validators 1 and 2, runs `test`, then checks the invariants.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
    let storage = RuntimeGenesisConfig { validators: pallet_validators::GenesisConfig { validators: vec![1, 2] }, ..Default::default() }
        .build_storage()
        .unwrap();
    sp_io::TestExternalities::new(storage).execute_with(|| {
        System::set_block_number(1);
        test();
        Validators::do_try_state().unwrap();
    });
}
