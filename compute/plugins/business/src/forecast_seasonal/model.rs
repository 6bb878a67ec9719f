//! What is known of the series, and what follows from it.

use super::{ForecastSeasonalParameters, Method};
use crate::{forecast::Changes, stateful::Exact};
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

/// What forecasts need to know of a series. Its JSON form is part of states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(super) struct Model {
    /// At most two periods of values.
    changes: Changes,
    smoothed: Option<Smoothed>,
}

impl Model {
    /// Tells whether instances of these parameters can know this.
    pub(super) fn fits(&self, parameters: &ForecastSeasonalParameters) -> bool {
        let period = usize::from(parameters.period);
        self.changes.fits(2 * period) && self.smoothed.as_ref().is_none_or(|smoothed| smoothed.season.len() == period)
    }

    /// Returns the mean size of a change over a period; NaN if there was none.
    pub(super) fn mean_change(&self) -> f64 {
        self.changes.mean_size()
    }

    /// Takes in the next value. A missing one is taken to be what was expected; before anything is, it is left out.
    pub(super) fn add(&mut self, parameters: &ForecastSeasonalParameters, value: f64) {
        let period = usize::from(parameters.period);
        let expected = || self.forecast(parameters, 1).or(self.changes.past().back().map(|last| last.0));
        let Some(value) = (if value.is_nan() { expected() } else { Some(value) }) else { return };
        self.changes.add(value, period, 2 * period);
        match &mut self.smoothed {
            Some(smoothed) => smoothed.add(parameters, value),
            None if self.changes.past().len() == 2 * period => self.smoothed = Some(Smoothed::begin(self.changes.past(), period)),
            None => {}
        }
    }

    /// Returns the value that is expected so many rows ahead, from 1; `None` while too little is known.
    pub(super) fn forecast(&self, parameters: &ForecastSeasonalParameters, ahead: usize) -> Option<f64> {
        let period = usize::from(parameters.period);
        match parameters.method {
            Method::SeasonalNaive => self.changes.repeated(period, ahead),
            Method::SeasonalDrift => {
                let periods = ahead.div_ceil(period) as f64;
                Some(self.changes.repeated(period, ahead)? + periods * self.changes.mean()?)
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
