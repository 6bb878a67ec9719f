//! Tests of `life_game`: known patterns, and that the world depends on rows only.

use super::*;
use neurite_core::{Batch, Field, Plugin, Serving, Tensor};
use neurite_testkit::{block_on, detached_context, serving};
use serde_json::{json, Value};
use std::sync::Arc;

const GLIDER: &str = "bob$2bo$3o!";
const R_PENTOMINO: &str = "b2o$2o$bo!";

fn open(parameters: Value) -> Arc<dyn Serving> {
    let parameters: LifeGameParameters = serde_json::from_value(parameters).unwrap();
    block_on(LifeGame.open(parameters, &detached_context())).unwrap()
}

/// Rows that say nothing, as a source gives them that only sets the pace.
fn rows(start: u64, count: usize) -> Batch {
    Batch::new(start, vec![Field::new(Field::LABEL, Tensor::i64(vec![count], vec![0; count]).unwrap())]).unwrap()
}

fn play(game: &dyn Serving, start: u64, count: usize) -> Vec<Field> {
    block_on(game.infer(&rows(start, count))).unwrap()
}

fn alive(fields: &[Field]) -> Vec<i64> {
    Field::find(fields, "alive").unwrap().as_i64().unwrap().to_vec()
}

fn cells(fields: &[Field]) -> Vec<u8> {
    Field::find(fields, "cells").unwrap().as_u8().unwrap().to_vec()
}

#[test]
fn a_blinker_blinks() {
    let game = open(json!({ "WIDTH": 5, "HEIGHT": 5, "PATTERN": "3o!" }));
    let fields = play(&*game, 0, 2);
    let upright = [7, 12, 17].into_iter();
    let lying = [11, 12, 13].into_iter();
    let living: Vec<usize> = cells(&fields).iter().enumerate().filter(|(_, cell)| **cell == 1).map(|(place, _)| place).collect();
    assert_eq!(living, upright.chain(lying.map(|place| 25 + place)).collect::<Vec<_>>());
    assert_eq!(alive(&fields), [3, 3]);
    assert_eq!(Field::find(&fields, "generation").unwrap().as_i64(), Some(&[1, 2][..]));
}

#[test]
fn a_glider_is_back_after_crossing_a_world_without_edges_and_stops_at_dead_ones() {
    let glider =
        |edges: &str, steps: u32| open(json!({ "WIDTH": 8, "HEIGHT": 8, "PATTERN": GLIDER, "STEPS_PER_ROW": steps, "EDGES": edges }));
    // It moves one cell in four generations.
    let around = glider("WRAP", 32);
    let once = cells(&play(&*around, 0, 1));
    assert_eq!(once, cells(&play(&*around, 1, 1)));
    assert_eq!(alive(&play(&*around, 0, 1)), [5]);
    let moved = cells(&play(&*glider("WRAP", 4), 0, 1));
    let shifted: Vec<u8> = (0..64).map(|place| once[(place / 8 + 7) % 8 * 8 + (place % 8 + 7) % 8]).collect();
    assert_eq!(moved, shifted, "one cell down and right");
    // At a dead corner it becomes a block of four.
    assert_eq!(alive(&play(&*glider("DEAD", 100), 0, 1)), [4]);
}

#[test]
fn the_r_pentomino_rests_after_1103_generations_with_116_cells() {
    let game = open(json!({ "WIDTH": 800, "HEIGHT": 800, "PATTERN": R_PENTOMINO, "STEPS_PER_ROW": 551, "EDGES": "DEAD" }));
    // Rows at the generations 551 and 1,102; one more generation is 1,103.
    let last = play(&*game, 1, 1);
    assert_ne!(alive(&last), [116]);
    let game = open(json!({ "WIDTH": 800, "HEIGHT": 800, "PATTERN": R_PENTOMINO, "STEPS_PER_ROW": 1, "EDGES": "DEAD" }));
    assert_eq!(alive(&play(&*game, 1_102, 3)), [116, 116, 116]);
}

#[test]
fn the_world_does_not_depend_on_batches_retries_or_restarts() {
    let parameters = json!({ "WIDTH": 33, "HEIGHT": 17, "SEED": 5, "STEPS_PER_ROW": 3 });
    let game = open(parameters.clone());
    let whole = play(&*game, 0, 10);
    let parts: Vec<Vec<Field>> = [(0, 4), (4, 1), (5, 5)].map(|(start, count)| play(&*game, start, count)).into();
    assert_eq!(cells(&whole), parts.iter().flat_map(|part| cells(part)).collect::<Vec<_>>());
    assert_eq!(cells(&play(&*game, 5, 5)), cells(&parts[2]), "the same batch again");
    assert_eq!(cells(&play(&*game, 4, 1)), cells(&parts[1]), "an earlier batch again");
    play(&*game, 5, 5);
    let restored = open(parameters);
    restored.restore(game.snapshot().unwrap()).unwrap();
    assert_eq!(cells(&play(&*restored, 5, 5)), cells(&parts[2]));
    assert_eq!(cells(&play(&*restored, 4, 1)), cells(&parts[1]), "before the state, from the beginning");
    restored.restore(Value::Null).unwrap();
    let other = open(json!({ "WIDTH": 33, "HEIGHT": 17, "SEED": 6, "STEPS_PER_ROW": 3 }));
    assert_ne!(cells(&play(&*other, 0, 10)), cells(&whole));
}

#[test]
fn the_contract_of_serving_holds() {
    let game = open(json!({ "WIDTH": 16, "HEIGHT": 16, "SEED": 1 }));
    let batches = [rows(0, 3), rows(3, 1), rows(10, 2)];
    block_on(serving::answers_every_row_alike(&*game, &batches));
}

#[test]
fn a_state_of_another_world_and_a_leap_too_far_are_refused() {
    let game = open(json!({ "WIDTH": 16, "HEIGHT": 16, "SEED": 1 }));
    let other = open(json!({ "WIDTH": 20, "HEIGHT": 16, "SEED": 1 }));
    for state in [other.snapshot().unwrap(), json!({ "GENERATION": 1 }), json!({ "GENERATION": 1, "CELLS": "zz" }), json!(7)] {
        assert!(game.restore(state.clone()).is_err(), "{state}");
    }
    let far = block_on(game.infer(&rows(1_000_000, 1))).unwrap_err();
    assert_eq!(far.class(), neurite_core::FailureClass::Resources);
    let large = open(json!({ "WIDTH": 1024, "HEIGHT": 1024, "SEED": 1 }));
    assert!(block_on(large.infer(&rows(0, 65))).is_err(), "more cells than a batch may hold");
}

#[test]
fn faults_of_parameters_are_found_at_their_place() {
    let check = |parameters: Value| {
        let parameters: LifeGameParameters = serde_json::from_value(parameters).unwrap();
        LifeGame.check(&parameters).into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    assert!(check(json!({ "WIDTH": 9, "HEIGHT": 9, "PATTERN": GLIDER })).is_empty());
    assert!(check(json!({ "WIDTH": 9, "HEIGHT": 9, "SEED": 0 })).is_empty());
    assert_eq!(check(json!({ "WIDTH": 9, "HEIGHT": 9 })), [""]);
    assert_eq!(check(json!({ "WIDTH": 9, "HEIGHT": 9, "SEED": 0, "PATTERN": GLIDER })), ["/SEED"]);
    assert_eq!(check(json!({ "WIDTH": 9, "HEIGHT": 9, "PATTERN": "10o!" })), ["/PATTERN"]);
    assert_eq!(check(json!({ "WIDTH": 9, "HEIGHT": 9, "PATTERN": "zebra" })), ["/PATTERN"]);
    assert!(serde_json::from_value::<LifeGameParameters>(json!({ "WIDTH": 9, "HEIGHT": 9, "SEED": 0, "DEPTH": 9 })).is_err());
}
