//! Tests of following detections.

use super::*;
use crate::detections::Detection;
use proptest::prelude::*;

fn at(left: f64, top: f64) -> Detection {
    Detection { edges: [left, top, left + 10.0, top + 20.0], score: 1.0, class: 0 }
}

fn parameters() -> TrackingParameters {
    TrackingParameters { min_overlap: 0.3, max_missed: 2, min_rows: 2 }
}

#[test]
fn things_that_cross_keep_their_numbers() {
    let mut tracks = Tracks::default();
    let mut last = Vec::new();
    for row in 0..20 {
        let forth = f64::from(row) * 4.0;
        let step = tracks.step(&parameters(), None, &[at(forth, 0.0), at(76.0 - forth, 12.0)]);
        last = step.moved.into_iter().map(|(track, _)| (track.id, track.edges()[0])).collect();
    }
    assert_eq!(last, [(1, 76.0), (2, 0.0)]);
}

#[test]
fn a_thing_that_is_hidden_for_a_while_goes_on() {
    let mut tracks = Tracks::default();
    let mut started = 0;
    for row in 0..12 {
        let seen = [at(f64::from(row) * 5.0, 0.0)];
        let hidden = row == 5 || row == 6;
        let step = tracks.step(&parameters(), None, if hidden { &[] } else { &seen });
        started += step.started.len();
        assert!(step.ended.is_empty());
    }
    assert_eq!(started, 1, "its velocity carries it over two rows of 5 pixels");
}

#[test]
fn a_track_ends_when_it_is_missed_too_often_and_tells_its_way() {
    let mut tracks = Tracks::default();
    for row in 0..4 {
        tracks.step(&parameters(), Some(i64::from(row) * 40), &[at(f64::from(row) * 3.0, 0.0)]);
    }
    let ended: Vec<Vec<Track>> = (0..3).map(|_| tracks.step(&parameters(), None, &[]).ended).collect();
    assert_eq!(ended.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1]);
    let track = &ended[2][0];
    assert_eq!((track.distance.0, track.rows, track.first.row, track.last.row, track.last.time), (9.0, 4, 1, 4, Some(120)));
}

#[test]
fn a_single_detection_counts_only_if_one_is_enough() {
    let one = TrackingParameters { min_rows: 1, ..parameters() };
    assert_eq!(Tracks::default().step(&one, None, &[at(0.0, 0.0)]).started.len(), 1);
    assert_eq!(Tracks::default().step(&parameters(), None, &[at(0.0, 0.0)]).started.len(), 0);
}

#[test]
fn classes_are_not_mixed() {
    let mut tracks = Tracks::default();
    let one = TrackingParameters { min_rows: 1, ..parameters() };
    tracks.step(&one, None, &[at(0.0, 0.0)]);
    let step = tracks.step(&one, None, &[Detection { class: 1, ..at(0.0, 0.0) }]);
    assert_eq!(step.started[0].id, 2);
}

#[test]
fn a_track_whose_best_detection_is_taken_gets_the_next() {
    let mut tracks = Tracks::default();
    let one = TrackingParameters { min_rows: 1, ..parameters() };
    tracks.step(&one, None, &[at(0.0, 0.0), at(3.0, 0.0)]);
    let step = tracks.step(&one, None, &[at(3.0, 0.0), at(5.0, 0.0)]);
    assert!(step.started.is_empty(), "two things remain two");
    assert_eq!(step.moved.len(), 2);
}

proptest! {
    #[test]
    fn tracks_are_bounded_and_each_detection_has_one(
        rows in proptest::collection::vec(proptest::collection::vec((0.0..5000.0f64, 0.0..5000.0f64), 0..60), 1..12), min_rows in 1u32..3,
    ) {
        let parameters = TrackingParameters { min_rows, ..parameters() };
        let mut tracks = Tracks::default();
        let (mut started, mut ended) = (std::collections::BTreeSet::new(), 0);
        for row in &rows {
            let detections: Vec<Detection> = row.iter().map(|(left, top)| at(*left, *top)).collect();
            let step = tracks.step(&parameters, None, &detections);
            prop_assert!(tracks.fits());
            prop_assert!(step.started.len() + step.moved.len() <= detections.len());
            for track in step.started {
                prop_assert!(started.insert(track.id), "a number is given once");
            }
            ended += step.ended.len();
        }
        prop_assert_eq!(started.len(), ended + tracks.counting(&parameters).count());
    }
}
