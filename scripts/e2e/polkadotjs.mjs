// Drives a job from submission to reward through the unmodified polkadot.js API, against a network that it starts itself.
//
//   node scripts/e2e/polkadotjs.mjs            starts `neurite dev`, checks, stops it
//   node scripts/e2e/polkadotjs.mjs --ws URL   uses a running development network
//
// Exits 0 and prints what it saw, or 1 with the reason.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { blake3 } from '@noble/hashes/blake3';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { u8aToHex } from '@polkadot/util';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startNetwork, root } from './network.mjs';

const NEU = 10n ** 12n;
const WORKERS = 3;

/** Returns the arguments of `jobs.submit` for the digits document. */
function digitsJob(now) {
  const document = readFileSync(join(root, 'examples/digits.json'));
  return {
    document: u8aToHex(blake3(document)),
    source: { Inline: u8aToHex(document) },
    workers: WORKERS,
    steps: 10,
    requirements: { memoryMib: 64, gpuMemoryMib: 0, score: 0, backends: ['OnnxCpu'], tags: [] },
    reward: 30n * NEU,
    acceptBy: now + 120_000,
    completeBy: now + 600_000,
    reportTimeout: 30_000,
    verification: 'None',
    privacy: 'Plain',
    delegate: null,
  };
}

/** Signs and sends a call; resolves with its events once it is in a block, rejects with the named error. */
function send(api, call, signer) {
  return new Promise((resolve, reject) => {
    call
      .signAndSend(signer, ({ status, events, dispatchError }) => {
        if (dispatchError) {
          const { section, name, docs } = api.registry.findMetaError(dispatchError.asModule);
          reject(new Error(`${section}.${name}: ${docs.join(' ')}`));
        } else if (status.isInBlock) {
          resolve(events.map(({ event }) => event));
        }
      })
      .catch(reject);
  });
}

/** Resolves with the first event of `section.method` for which `matches` holds, seen in any new block. */
function nextEvent(api, section, method, matches, seen) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${section}.${method} within five minutes`)), 300_000);
    api.query.system.events((records) => {
      for (const { event } of records) {
        if (event.section === 'jobs') seen(event);
        if (event.section === section && event.method === method && matches(event)) {
          clearTimeout(timer);
          resolve(event);
        }
      }
    });
  });
}

/** Every call, event and error of the project's pallets must explain itself in the metadata. */
function checkDocs(api) {
  const missing = [];
  for (const pallet of api.runtimeMetadata.asLatest.pallets) {
    const name = pallet.name.toString();
    if (!['NodeDeeds', 'Jobs', 'Oracles', 'Poai', 'Validators'].includes(name)) continue;
    for (const kind of ['calls', 'events', 'errors']) {
      if (!pallet[kind].isSome) continue;
      const variants = api.registry.lookup.getSiType(pallet[kind].unwrap().type).def.asVariant.variants;
      for (const variant of variants) if (variant.docs.length === 0) missing.push(`${name}.${kind}.${variant.name}`);
    }
  }
  if (missing.length > 0) throw new Error(`without docs in the metadata: ${missing.join(', ')}`);
}

async function follow(api) {
  const alice = new Keyring({ type: 'sr25519' }).addFromUri('//Alice');
  checkDocs(api);
  const now = (await api.query.timestamp.now()).toNumber();
  const states = [];
  const id = (await api.query.jobs.jobCount(alice.address)).toNumber() + 1;
  const isOurs = (event) => {
    const key = event.data.job?.toJSON();
    return key && key.sender === alice.address && key.id === id;
  };
  const seen = (event) => {
    if (isOurs(event) && states.at(-1) !== event.method) {
      states.push(event.method);
      console.log(`jobs.${event.method}`);
    }
  };
  const ended = nextEvent(api, 'jobs', 'Ended', isOurs, seen);
  await send(api, api.tx.jobs.submit(digitsJob(now)), alice);
  const { status, reason } = (await ended).data;
  if (!status.isDone || !reason.isCompleted) throw new Error(`the job ended as ${status}: ${reason}`);
  return { states, id };
}

/** Waits for the epoch of the job to settle and claims what each deed earned. */
async function claim(api) {
  const bob = new Keyring({ type: 'sr25519' }).addFromUri('//Bob');
  const deadline = Date.now() + 300_000;
  while (Date.now() < deadline) {
    for (const [key, deed] of await api.query.nodeDeeds.deeds.entries()) {
      const id = key.args[0].toNumber();
      if (deed.unwrap().owner.isNone) continue;
      const view = (await api.call.neuriteApi.deed(id)).unwrap();
      const earned = view.epochs.filter((epoch) => epoch.reward.toBigInt() > 0n && !epoch.claimed.isTrue);
      if (earned.length === 0) continue;
      const events = await send(api, api.tx.poai.claim(id, earned.map((epoch) => epoch.epoch)), bob);
      const paid = events.find((event) => event.section === 'poai' && event.method === 'RewardClaimed');
      if (paid) return { deed: id, event: paid.toHuman().data };
    }
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
  throw new Error('no reward within five minutes');
}

async function main() {
  await cryptoWaitReady();
  const given = process.argv.indexOf('--ws');
  const network = given > 0 ? { ws: process.argv[given + 1], stop: async () => {} } : await startNetwork({ workers: WORKERS });
  try {
    const api = await ApiPromise.create({ provider: new WsProvider(network.ws), noInitWarn: true });
    const { states, id } = await follow(api);
    const reward = await claim(api);
    console.log(JSON.stringify({ job: id, states, reward }));
    await api.disconnect();
  } finally {
    await network.stop();
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(`error: ${error.message}`);
    process.exit(1);
  },
);
