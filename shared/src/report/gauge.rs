//! What a command measured of the world.

/// A measurement that becomes a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauge {
    /// The metric's name.
    pub name: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// How much; one that is not a number is not written.
    pub value: f64,
    /// What it was measured of, beside the function that measured it.
    pub dimensions: Vec<(&'static str, String)>,
}

/// What a [`Gauge`] is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Things.
    Count,
}

impl Unit {
    /// The unit as CloudWatch writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "Seconds",
            Self::Count => "Count",
        }
    }
}
