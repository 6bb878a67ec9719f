//! What is known of the series, and what follows from it.

use super::{ForecastSeasonalParameters, Method};
use crate::stateful::Exact;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Level, trend and season after some rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Smoothed {
    level: Exact,
    trend: Exact,
    /// What the season adds at the next rows, one period.
    season: VecDeque<Exact>,
}

/// The past of a series, as far as forecasts need it. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Model {
    /// The last values, at most two periods.
    past: VecDeque<Exact>,
    /// How many changes over a period there were, their sum and that of their sizes.
    changes: u64,
    sum: Exact,
    sizes: Exact,
    smoothed: Option<Smoothed>,
}

impl Model {
    /// Tells whether instances of these parameters can know this.
    pub(super) fn fits(&self, parameters: &ForecastSeasonalParameters) -> bool {
        let period = usize::from(parameters.period);
        self.past.len() <= 2 * period && self.smoothed.as_ref().is_none_or(|smoothed| smoothed.season.len() == period)
    }

    /// Returns the mean size of a change over a period; NaN if there was none.
    pub(super) fn mean_change(&self) -> f64 {
        self.sizes.0 / self.changes as f64
    }

    /// Takes in the next value. A missing one is taken to be what was expected; before anything is, it is left out.
    pub(super) fn add(&mut self, parameters: &ForecastSeasonalParameters, value: f64) {
        let period = usize::from(parameters.period);
        let expected = || self.forecast(parameters, 1).or(self.past.back().map(|last| last.0));
        let Some(value) = (if value.is_nan() { expected() } else { Some(value) }) else { return };
        if let Some(before) = self.past.len().checked_sub(period).and_then(|at| self.past.get(at)) {
            let change = value - before.0;
            self.changes += 1;
            self.sum.0 += change;
            self.sizes.0 += change.abs();
        }
        if self.past.len() == 2 * period {
            self.past.pop_front();
        }
        self.past.push_back(Exact(value));
        match &mut self.smoothed {
            Some(smoothed) => smoothed.add(parameters, value),
            None if self.past.len() == 2 * period => self.smoothed = Some(Smoothed::begin(&self.past, period)),
            None => {}
        }
    }

    /// Returns the value that is expected so many rows ahead, from 1; `None` while too little is known.
    pub(super) fn forecast(&self, parameters: &ForecastSeasonalParameters, ahead: usize) -> Option<f64> {
        let period = usize::from(parameters.period);
        let repeated = || Some(self.past.get(self.past.len().checked_sub(period)? + (ahead - 1) % period)?.0);
        match parameters.method {
            Method::SeasonalNaive => repeated(),
            Method::SeasonalDrift if self.changes == 0 => None,
            Method::SeasonalDrift => {
                let periods = ahead.div_ceil(period) as f64;
                Some(repeated()? + periods * self.sum.0 / self.changes as f64)
            }
            Method::ExponentialSmoothing => {
                let smoothed = self.smoothed.as_ref()?;
                Some(smoothed.level.0 + ahead as f64 * smoothed.trend.0 + smoothed.season[(ahead - 1) % period].0)
            }
        }
    }
}

impl Smoothed {
    /// Begins with two periods: the trend is the change between their means, the season what is left on average.
    fn begin(past: &VecDeque<Exact>, period: usize) -> Self {
        let length = period as f64;
        let mean = |from: usize| past.iter().skip(from).take(period).map(|value| value.0).sum::<f64>() / length;
        let (first, second) = (mean(0), mean(period));
        let trend = (second - first) / length;
        // The means stand for the middles of their periods; half a period further is the last row.
        let middle = (length - 1.0) / 2.0;
        let rest = |at: usize| {
            let slope = (at as f64 - middle) * trend;
            let (early, late) = (past[at].0 - first - slope, past[at + period].0 - second - slope);
            Exact((early + late) / 2.0)
        };
        Self { level: Exact(second + middle * trend), trend: Exact(trend), season: (0..period).map(rest).collect() }
    }

    fn add(&mut self, parameters: &ForecastSeasonalParameters, value: f64) {
        let Some(Exact(season)) = self.season.pop_front() else { return };
        let weigh = |weight: f64, new: f64, old: f64| weight * new + (1.0 - weight) * old;
        let before = self.level.0;
        self.level.0 = weigh(parameters.level_weight, value - season, before + self.trend.0);
        self.trend.0 = weigh(parameters.trend_weight, self.level.0 - before, self.trend.0);
        // A series without a season has all of it in its level.
        let weight = if parameters.period == 1 { 0.0 } else { parameters.season_weight };
        self.season.push_back(Exact(weigh(weight, value - self.level.0, season)));
    }
}
