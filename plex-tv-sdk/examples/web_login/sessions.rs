//! Browser sessions: limited in number and in time, with ids that nobody can guess.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

pub(crate) struct Sessions<T> {
    lifetime: Duration,
    most: usize,
    by_id: HashMap<String, (Instant, T)>,
}

impl<T: Clone> Sessions<T> {
    pub(crate) fn new(lifetime: Duration, most: usize) -> Self {
        Self { lifetime, most, by_id: HashMap::new() }
    }

    /// Stores the state of a browser, and returns the id for its cookie. When there are too many
    /// sessions, the oldest is removed.
    pub(crate) fn begin(&mut self, now: Instant, visitor: T) -> String {
        let lifetime = self.lifetime;
        self.by_id.retain(|_, (begun, _)| now.saturating_duration_since(*begun) < lifetime);
        if self.by_id.len() >= self.most {
            let oldest = self.by_id.iter().min_by_key(|(_, (begun, _))| *begun).map(|(id, _)| id.clone());
            oldest.map(|id| self.by_id.remove(&id));
        }
        // A random UUID: 122 bits from the operating system.
        let id = uuid::Uuid::new_v4().to_string();
        self.by_id.insert(id.clone(), (now, visitor));
        id
    }

    pub(crate) fn get(&self, now: Instant, id: &str) -> Option<T> {
        let (begun, visitor) = self.by_id.get(id)?;
        (now.saturating_duration_since(*begun) < self.lifetime).then(|| visitor.clone())
    }

    pub(crate) fn end(&mut self, id: &str) -> Option<T> {
        self.by_id.remove(id).map(|(_, visitor)| visitor)
    }
}
