//! Decides which of several concurrent attempts wins.

/// The attempts, best first, with their outcomes so far.
#[derive(Debug)]
pub(super) struct Race<E> {
    tries: Vec<Option<Result<(), E>>>,
    is_hurried: bool,
}

impl<E> Race<E> {
    pub(super) fn new(tries: usize) -> Self {
        Self { tries: (0..tries).map(|_| None).collect(), is_hurried: false }
    }

    /// Records how an attempt ended. Returns true for the first one that succeeds.
    pub(super) fn ended(&mut self, place: usize, outcome: Result<(), E>) -> bool {
        let is_first = outcome.is_ok() && !self.tries.iter().flatten().any(Result::is_ok);
        if let Some(ended) = self.tries.get_mut(place) {
            *ended = Some(outcome);
        }
        is_first
    }

    /// From now on, any attempt that has succeeded is good enough.
    pub(super) fn hurry(&mut self) {
        self.is_hurried = true;
    }

    /// The best attempt that succeeded, once no better one is waited for.
    pub(super) fn winner(&self) -> Option<usize> {
        let place = self.tries.iter().position(|outcome| matches!(outcome, Some(Ok(()))))?;
        let is_best = self.tries.iter().take(place).all(Option::is_some);
        (is_best || self.is_hurried).then_some(place)
    }

    /// The failures of the attempts, best first.
    pub(super) fn failures(self) -> impl Iterator<Item = E> {
        self.tries.into_iter().flatten().filter_map(Result::err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_attempt_wins_even_if_another_answers_first() {
        let mut race = Race::new(3);

        assert!(race.ended(2, Ok::<_, &str>(())));
        assert_eq!(race.winner(), None);
        assert!(!race.ended(0, Ok(())));
        assert_eq!(race.winner(), Some(0));
    }

    #[test]
    fn an_attempt_wins_when_all_better_ones_failed() {
        let mut race = Race::new(4);

        assert!(!race.ended(0, Err("refused")));
        assert!(race.ended(2, Ok(())));
        assert_eq!(race.winner(), None);
        assert!(!race.ended(1, Err("silent")));
        assert_eq!(race.winner(), Some(2));
        assert_eq!(race.failures().collect::<Vec<_>>(), ["refused", "silent"]);
    }

    #[test]
    fn in_a_hurry_the_best_so_far_wins() {
        let mut race = Race::new(3);
        race.ended(1, Ok::<_, &str>(()));

        assert_eq!(race.winner(), None);
        race.hurry();
        assert_eq!(race.winner(), Some(1));
    }

    #[test]
    fn without_a_success_nobody_wins() {
        let mut race = Race::new(1);
        race.hurry();
        assert_eq!(race.winner(), None);

        race.ended(0, Err("refused"));
        race.ended(7, Ok(()));
        assert_eq!(race.winner(), None);
        assert_eq!(Race::<&str>::new(0).winner(), None);
    }
}
