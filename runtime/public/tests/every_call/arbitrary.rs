//! Calls made from their types alone.

use crate::{chain::Transaction, wallet::Wallet};
use codec::{Compact, DecodeAll, Encode};
use neurite_runtime::{AccountId, RuntimeCall, EXISTENTIAL_DEPOSIT, NEU};
use rand::{rngs::StdRng, seq::SliceRandom, Rng};
use scale_info::{form::PortableForm, MetaType, PortableRegistry, Registry, TypeDef, TypeDefPrimitive, TypeDefVariant, Variant};

/// How deeply calls hold calls.
const DEEPEST: u8 = 2;
/// The most items of a list.
const LONGEST: usize = 4;
/// Our own pallets, which are called more often than the rest.
const OURS: [&str; 5] = ["NodeDeeds", "Jobs", "Oracles", "Poai", "Validators"];
/// Root may do anything; what it does is chosen by the actors.
const LEFT_OUT: &str = "Sudo";

/// Makes calls.
pub struct Arbitrary {
    types: PortableRegistry,
    call: u32,
    accounts: Vec<AccountId>,
}

impl Arbitrary {
    /// Knows the types of all calls, and accounts that calls may name.
    pub fn new(accounts: Vec<AccountId>) -> Self {
        let mut registry = Registry::new();
        let call = registry.register_type(&MetaType::new::<RuntimeCall>()).id;
        Self { types: registry.into(), call, accounts }
    }

    /// Makes a transaction of anybody, now and then with a tip; a tenth is signed by nobody.
    pub fn transaction(&mut self, wallet: &Wallet, rng: &mut StdRng) -> Option<Transaction> {
        let call = self.call(rng)?;
        if rng.gen_ratio(1, 10) {
            return Some(Transaction::authorized(call));
        }
        let signer = wallet.accounts().choose(rng)?.clone();
        let tip = if rng.gen_ratio(1, 8) { rng.gen_range(0..NEU) } else { 0 };
        Some(Transaction { tip, ..Transaction::signed(&signer, call) })
    }

    /// Makes a call; nothing where a bound was missed.
    fn call(&self, rng: &mut StdRng) -> Option<RuntimeCall> {
        let mut bytes = Vec::new();
        self.put(self.call, 0, rng, &mut bytes);
        RuntimeCall::decode_all(&mut &bytes[..]).ok()
    }

    /// Appends the encoding of a value of a type; `depth` calls are around it.
    fn put(&self, id: u32, depth: u8, rng: &mut StdRng, out: &mut Vec<u8>) {
        let shown = self.types.resolve(id).expect("a registered type");
        let depth = match shown.path.segments.last().map(String::as_str) {
            Some("AccountId32") => return self.accounts.choose(rng).expect("an account").encode_to(out),
            Some("MultiAddress") => {
                out.push(0);
                return self.accounts.choose(rng).expect("an account").encode_to(out);
            }
            Some("RuntimeCall") if depth >= DEEPEST => {
                return RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() }).encode_to(out)
            }
            Some("RuntimeCall") => depth + 1,
            _ => depth,
        };
        match &shown.type_def {
            TypeDef::Composite(composite) => composite.fields.iter().for_each(|field| self.put(field.ty.id, depth, rng, out)),
            TypeDef::Variant(variants) => self.put_variant(variants, depth, rng, out),
            TypeDef::Sequence(sequence) => {
                let length = rng.gen_range(0..LONGEST);
                Compact(length as u32).encode_to(out);
                (0..length).for_each(|_| self.put(sequence.type_param.id, depth, rng, out));
            }
            TypeDef::Array(array) => (0..array.len).for_each(|_| self.put(array.type_param.id, depth, rng, out)),
            TypeDef::Tuple(tuple) => tuple.fields.iter().for_each(|field| self.put(field.id, depth, rng, out)),
            TypeDef::Primitive(primitive) => put_primitive(primitive, rng, out),
            TypeDef::Compact(compact) => self.put_compact(compact.type_param.id, rng, out),
            TypeDef::BitSequence(_) => Compact(0u32).encode_to(out),
        }
    }

    fn put_variant(&self, variants: &TypeDefVariant<PortableForm>, depth: u8, rng: &mut StdRng, out: &mut Vec<u8>) {
        let is_ours = |variant: &&Variant<PortableForm>| OURS.contains(&variant.name.as_str());
        let allowed: Vec<_> = variants.variants.iter().filter(|variant| variant.name != LEFT_OUT).collect();
        let ours: Vec<_> = allowed.iter().copied().filter(is_ours).collect();
        let choice = if !ours.is_empty() && rng.gen_bool(0.5) { ours.choose(rng) } else { allowed.choose(rng) };
        let Some(variant) = choice else { return };
        out.push(variant.index);
        variant.fields.iter().for_each(|field| self.put(field.ty.id, depth, rng, out));
    }

    /// Appends a number in compact form, of the width of the one number in the type.
    fn put_compact(&self, id: u32, rng: &mut StdRng, out: &mut Vec<u8>) {
        match &self.types.resolve(id).expect("a registered type").type_def {
            TypeDef::Primitive(primitive) => Compact(number(primitive, rng)).encode_to(out),
            TypeDef::Composite(composite) => composite.fields.iter().for_each(|field| self.put_compact(field.ty.id, rng, out)),
            _ => {}
        }
    }
}

fn put_primitive(primitive: &TypeDefPrimitive, rng: &mut StdRng, out: &mut Vec<u8>) {
    match primitive {
        TypeDefPrimitive::Bool => out.push(rng.gen_range(0..2)),
        TypeDefPrimitive::Str => "a text".encode_to(out),
        TypeDefPrimitive::Char => u32::from('c').encode_to(out),
        TypeDefPrimitive::U256 | TypeDefPrimitive::I256 => out.extend([0; 32]),
        sized => out.extend(&number(sized, rng).to_le_bytes()[..bytes(sized)]),
    }
}

/// Returns how many bytes a number has.
fn bytes(primitive: &TypeDefPrimitive) -> usize {
    match primitive {
        TypeDefPrimitive::U8 | TypeDefPrimitive::I8 => 1,
        TypeDefPrimitive::U16 | TypeDefPrimitive::I16 => 2,
        TypeDefPrimitive::U32 | TypeDefPrimitive::I32 => 4,
        TypeDefPrimitive::U64 | TypeDefPrimitive::I64 => 8,
        _ => 16,
    }
}

/// Returns a number that fits: often a small one, often one of those around which things change, now and then any.
fn number(primitive: &TypeDefPrimitive, rng: &mut StdRng) -> u128 {
    let largest = u128::MAX >> (128 - 8 * bytes(primitive));
    let number = match (bytes(primitive), rng.gen_range(0..8)) {
        (_, 0) => rng.gen::<u128>(),
        (_, 1) => largest,
        (1, _) => rng.gen::<u128>(),
        (2 | 4, _) => rng.gen_range(0..80),
        (8, 2..=4) => rng.gen_range(0..600_000),
        (8, _) => u128::from(neurite_runtime::Timestamp::get()) + rng.gen_range(0..600_000),
        (_, 2..=3) => rng.gen_range(0..4 * EXISTENTIAL_DEPOSIT),
        (_, _) => rng.gen_range(0..2_000 * NEU),
    };
    number & largest
}
