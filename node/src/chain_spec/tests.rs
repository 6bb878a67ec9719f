//! Parameter files: what is accepted, and every fault by its path.

use super::*;
use neurite_runtime::{AccountId, Purpose, RuntimeGenesisConfig, EXISTENTIAL_DEPOSIT, SUPPLY};
use serde_json::{json, Value};
use sp_keyring::Sr25519Keyring::{Alice, Charlie, Ferdie};

const EXAMPLE: &str = include_str!("../../chain-parameters.example.json");

fn example() -> Value {
    serde_json::from_str(EXAMPLE).expect("the example is JSON")
}

/// Returns what is wrong with the example after `change`.
fn faults_after(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut example = example();
    change(&mut example);
    match ChainParameters::parse(&example.to_string()) {
        Ok(_) => Vec::new(),
        Err(ParametersError::Invalid { faults }) => faults,
        Err(other) => panic!("the file cannot even be read: {other}"),
    }
}

/// Returns why the example cannot be read after `change`.
fn malformed_after(change: impl FnOnce(&mut Value)) -> String {
    let mut example = example();
    change(&mut example);
    match ChainParameters::parse(&example.to_string()) {
        Err(ParametersError::Malformed(error)) => error.to_string(),
        other => panic!("the file is read: {other:?}"),
    }
}

/// Applies the genesis of `parameters` to the runtime's defaults, as the runtime itself would.
fn genesis_of(parameters: &ChainParameters) -> RuntimeGenesisConfig {
    let mut genesis = serde_json::to_value(RuntimeGenesisConfig::default()).expect("the genesis is JSON");
    sc_chain_spec::json_merge(&mut genesis, genesis::patch(parameters));
    serde_json::from_value(genesis).expect("the runtime understands the genesis")
}

#[test]
fn example_is_a_genesis_that_the_runtime_understands() {
    let parameters = ChainParameters::parse(EXAMPLE).expect("the example is valid");
    let genesis = genesis_of(&parameters);
    let issuance: u128 = genesis.balances.balances.iter().map(|(_, amount)| amount).sum();
    assert_eq!(issuance, SUPPLY);
    assert_eq!(genesis.session.keys.len(), 2);
    assert_eq!(genesis.sudo.key, None);
    assert_eq!(genesis.node_deeds.bond, 1_000 * neurite_runtime::NEU);
    assert_eq!(genesis.node_deeds.issued.len(), 1);
}

#[test]
fn example_holds_the_supply_as_the_table_has_it() {
    let parameters = ChainParameters::parse(EXAMPLE).expect("the example is valid");
    let genesis = genesis_of(&parameters);
    assert_eq!(genesis.vesting.start, 1_767_225_600_000);
    let held = |purpose: Purpose| -> u128 {
        let allocations = genesis.vesting.allocations.iter().filter(|(_, of, _)| *of == purpose);
        allocations.map(|(_, _, amount)| amount).sum()
    };
    let free: u128 = parameters.balances.iter().map(|holding| holding.amount.0).sum();
    assert_eq!(held(Purpose::NetworkRewards) + parameters.rewards.pool.0, Purpose::NetworkRewards.share() * SUPPLY);
    // Charlie, Eve, the treasury and Dave have nothing free but what keeps their accounts alive.
    assert_eq!(held(Purpose::Team) + EXISTENTIAL_DEPOSIT, Purpose::Team.share() * SUPPLY);
    assert_eq!(held(Purpose::Partners) + EXISTENTIAL_DEPOSIT, Purpose::Partners.share() * SUPPLY);
    assert_eq!(held(Purpose::PrivateSale), Purpose::PrivateSale.share() * SUPPLY);
    assert_eq!(held(Purpose::Ecosystem) + free + 2 * EXISTENTIAL_DEPOSIT, Purpose::Ecosystem.share() * SUPPLY);
}

#[test]
fn example_makes_a_chain_with_exactly_the_supply() {
    use sp_runtime::BuildStorage;
    let parameters = ChainParameters::parse(EXAMPLE).expect("the example is valid");
    let storage = genesis_of(&parameters).build_storage().expect("the genesis builds");
    sp_io::TestExternalities::new(storage).execute_with(|| {
        assert_eq!(neurite_runtime::Balances::total_issuance(), SUPPLY, "no pallet adds to what the file gives out");
    });
}

#[test]
fn example_builds_a_state_in_the_runtime() {
    use sp_runtime::BuildStorage;
    let Ok(wasm) = wasm() else {
        // Without the Wasm there is nothing to build with.
        return;
    };
    let parameters = ChainParameters::parse(EXAMPLE).expect("the example is valid");
    let storage = main_network(wasm, &parameters).build_storage().expect("the genesis builds");
    assert!(!storage.top.is_empty());
}

#[test]
fn presets_exist_in_the_runtime() {
    let Ok(wasm) = wasm() else {
        return;
    };
    for id in ["dev", "local"] {
        let spec = load(id).expect("the network is known");
        spec.as_json(false).unwrap_or_else(|error| panic!("{id}: {error}"));
    }
    let names = sc_chain_spec::GenesisConfigBuilderRuntimeCaller::<()>::new(wasm).preset_names();
    assert!(names.expect("the runtime names its presets").len() >= 2);
}

#[test]
fn main_needs_a_file() {
    assert!(matches!(load("main"), Err(ChainSpecError::NoParameters)));
    let error = load("main=/nowhere/at/all.json").map(|_| ()).expect_err("there is no such file");
    assert!(matches!(error, ChainSpecError::Parameters { source: ParametersError::Unreadable(_), .. } | ChainSpecError::NoWasm));
}

#[test]
fn unknown_chains_are_named() {
    let error = load("mian").map(|_| ()).expect_err("there is no such chain");
    assert!(error.to_string().contains("`mian` is none of dev, local, main=FILE"), "{error}");
}

#[test]
fn file_is_read_and_validated() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("parameters.json");
    std::fs::write(&path, EXAMPLE).expect("the file can be written");
    assert_eq!(ChainParameters::read(&path).expect("the example is valid").id, "example");
    std::fs::write(&path, [0xff, 0xfe]).expect("the file can be written");
    assert!(matches!(ChainParameters::read(&path), Err(ParametersError::Unreadable(_))));
}

#[test]
fn unknown_fields_are_refused_with_their_name() {
    assert!(malformed_after(|file| file["sudo"] = json!("5Grw")).contains("sudo"));
    assert!(malformed_after(|file| file["jobs"]["bounty"] = json!(1)).contains("bounty"));
}

#[test]
fn missing_fields_are_named() {
    let error = malformed_after(|file| {
        file["rewards"].as_object_mut().expect("rewards are an object").remove("units_reference");
    });
    assert!(error.contains("units_reference"), "{error}");
}

#[test]
fn amounts_must_be_strings_of_neu() {
    malformed_after(|file| file["issuance"] = json!(1_000));
    malformed_after(|file| file["vesting"]["network_rewards"] = json!(1));
    assert!(malformed_after(|file| file["issuance"] = json!("1e9")).contains("`1e9` is no amount"));
}

#[test]
fn accounts_and_keys_must_be_valid() {
    malformed_after(|file| file["balances"][0]["account"] = json!("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ"));
    malformed_after(|file| file["validators"][0]["grandpa"] = json!("//Alice"));
}

#[test]
fn other_versions_are_refused() {
    let mut file = example();
    file["version"] = json!(1);
    assert!(matches!(ChainParameters::parse(&file.to_string()), Err(ParametersError::Version { version: 1 })));
}

#[test]
fn issuance_must_be_the_supply() {
    assert_eq!(
        faults_after(|file| file["issuance"] = json!("10000000001")),
        [
            "issuance: is 10000000001, but a public network has exactly 10000000000",
            "issuance: is 10000000001, but what is given out adds up to 10000000000",
        ]
    );
}

#[test]
fn issuance_must_be_the_sum() {
    assert_eq!(
        faults_after(|file| file["balances"][0]["amount"] = json!("1")),
        [
            "vesting.ecosystem with balances: adds up to 3499400001, but must be 3500000000, 35 % of the supply",
            "issuance: is 10000000000, but what is given out adds up to 9999400001",
        ]
    );
}

#[test]
fn every_purpose_must_have_its_share_even_where_the_sum_is_right() {
    let faults = faults_after(|file| {
        file["vesting"]["network_rewards"] = json!("1999998999.499999999999");
        file["vesting"]["team"][0]["amount"] = json!("800000000.000000000001");
        file["vesting"]["partners"][0]["amount"] = json!("499999999");
        file["vesting"]["private_sale"][0]["amount"] = json!("1500000001");
    });
    assert_eq!(
        faults,
        [
            "vesting.network_rewards with rewards.pool: adds up to 1999999999.999999999999, but must be 2000000000, 20 % of the supply",
            "vesting.team: adds up to 2000000000.000000000001, but must be 2000000000, 20 % of the supply",
            "vesting.partners: adds up to 499999999, but must be 500000000, 5 % of the supply",
            "vesting.private_sale: adds up to 2000000001, but must be 2000000000, 20 % of the supply",
        ]
    );
}

#[test]
fn little_is_free_from_the_start() {
    let faults = faults_after(|file| {
        file["balances"][0]["amount"] = json!("100000000");
        file["vesting"]["ecosystem"][1]["amount"] = json!("399600000.5");
    });
    assert_eq!(faults, ["balances: 100401000 are free from the start with rewards.pool, at most 100000000 may be"]);
}

#[test]
fn the_treasury_must_exist() {
    let faults = faults_after(|file| file["vesting"]["ecosystem"][0]["account"] = json!(Ferdie.to_account_id()));
    let treasury = neurite_runtime::Treasury::account_id();
    assert_eq!(faults, [format!("vesting.ecosystem: gives nothing to the treasury, {treasury}, whose account would not exist")]);
}

#[test]
fn vesting_starts_at_a_time_in_milliseconds() {
    let faults = faults_after(|file| file["vesting"]["start_ms"] = json!(1_767_225_600));
    assert_eq!(faults, ["vesting.start_ms: 1767225600 is no Unix time in milliseconds from 2020 to 2099"]);
}

#[test]
fn issuance_must_fit() {
    let faults = faults_after(|file| {
        for index in 0..2 {
            file["balances"][index]["amount"] = json!("300000000000000000000000000");
        }
    });
    assert_eq!(faults, ["issuance: what is given out does not fit into 128 bits"]);
}

#[test]
fn holdings_must_be_distinct_and_alive() {
    let faults = faults_after(|file| {
        file["balances"] = json!([
            { "account": Alice.to_account_id(), "amount": "500000" },
            { "account": Alice.to_account_id(), "amount": "499999.5" },
            { "account": Charlie.to_account_id(), "amount": "0" },
        ]);
        file["validators"].as_array_mut().expect("validators are a list").truncate(1);
        let more = json!([
            { "account": Charlie.to_account_id(), "amount": "499999999.999" },
            { "account": Ferdie.to_account_id(), "amount": "0.001" },
        ]);
        file["vesting"]["partners"] = more;
    });
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[0].starts_with("balances: 5Grwva") && faults[0].ends_with("is named 2 times"));
    assert_eq!(faults[1], "balances[2].amount: 0 is less than an account must hold");
    assert_eq!(faults[2], "vesting.partners[1].amount: 0.001 is less than an account must hold");
}

#[test]
fn pool_is_no_holding() {
    let pool: AccountId = genesis::pool_account();
    for list in ["balances", "vesting"] {
        let faults = faults_after(|file| match list {
            "balances" => file["balances"][0]["account"] = json!(pool),
            _ => file["vesting"]["team"][0]["account"] = json!(pool),
        });
        assert!(faults.iter().any(|fault| fault.contains("set rewards.pool and vesting.network_rewards instead")), "{faults:?}");
    }
}

#[test]
fn validators_must_exist_hold_something_and_be_distinct() {
    assert_eq!(faults_after(|file| file["validators"] = json!([])), ["validators: must be 1 to 128, are 0"]);
    let faults = faults_after(|file| file["validators"][0]["account"] = json!(Ferdie.to_account_id()));
    assert!(faults[0].starts_with("validators[0].account: 5CiPP") && faults[0].contains("holds nothing"), "{faults:?}");
    let faults = faults_after(|file| file["validators"][1] = file["validators"][0].clone());
    assert_eq!(faults.len(), 4, "{faults:?}");
}

#[test]
fn deeds_must_exist_and_be_distinct() {
    let faults = faults_after(|file| {
        let deed = json!({ "deed": 1024, "owner": Alice.to_account_id() });
        file["deeds"]["issued"] = json!([deed, deed]);
    });
    assert_eq!(
        faults,
        [
            "deeds.issued[].deed: 1024 is named 2 times",
            "deeds.issued[0].deed: 1024 is none of the 1024 deeds",
            "deeds.issued[1].deed: 1024 is none of the 1024 deeds",
        ]
    );
}

#[test]
fn names_must_be_names_of_another_network() {
    assert_eq!(faults_after(|file| file["id"] = json!("local")), ["id: `local` is another network"]);
    let long = "a".repeat(65);
    for id in ["", "../up", "Upper", "a b", long.as_str()] {
        assert_eq!(faults_after(|file| file["id"] = json!(id)), ["id: must have 1 to 64 of a-z, 0-9, _ and -"], "{id}");
    }
    assert_eq!(faults_after(|file| file["name"] = json!("  ")), ["name: must have 1 to 64 bytes"]);
}

#[test]
fn times_and_rates_must_make_sense() {
    assert_eq!(
        faults_after(|file| file["rewards"]["report_window_ms"] = file["rewards"]["epoch_period_ms"].clone()),
        ["rewards.report_window_ms: must be shorter than rewards.epoch_period_ms"]
    );
    assert_eq!(faults_after(|file| file["jobs"]["review_period_ms"] = json!(0)), ["jobs.review_period_ms: must not be zero"]);
    assert_eq!(
        faults_after(|file| file["rewards"]["direct_share_ppm"] = json!(1_000_001)),
        ["rewards.direct_share_ppm: must be at most 1000000"]
    );
}

#[test]
fn all_faults_are_reported_at_once_but_bounded() {
    let owner = Alice.to_account_id();
    let issued: Vec<_> = (2_000..2_100).map(|deed| json!({ "deed": deed, "owner": owner })).collect();
    let mut file = example();
    file["deeds"]["issued"] = json!(issued);
    let error = ChainParameters::parse(&file.to_string()).map(|_| ()).expect_err("there are no such deeds");
    let text = error.to_string();
    assert_eq!(text.lines().filter(|line| line.contains("is none of the 1024 deeds")).count(), 20);
    assert!(text.ends_with("and 80 more"), "{text}");
}
