//! How arguments are written into paths, queries and headers.

use jiff::Timestamp;

use super::Flag;
use crate::runtime::secret::Secret;

/// A value that a path, a query or a header can carry.
pub(crate) trait Written {
    /// Calls `each` with the texts of the value: none for `None`, and one per item for a list.
    fn write(&self, each: &mut dyn FnMut(&str));
}

impl Written for str {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        each(self);
    }
}

impl Written for String {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        each(self);
    }
}

impl Written for Secret {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        each(self.expose());
    }
}

impl Written for bool {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        each(if *self { "true" } else { "false" });
    }
}

impl Written for Flag {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        each(if self.0 { "1" } else { "0" });
    }
}

macro_rules! numbers {
    ($($type:ty),*) => { $(
        impl Written for $type {
            fn write(&self, each: &mut dyn FnMut(&str)) {
                each(&format!("{self:?}"));
            }
        }
    )* };
}

numbers!(i32, i64, u32, u64, f64);

impl Written for Timestamp {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        each(&self.to_string());
    }
}

impl<T: Written + ?Sized> Written for &T {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        (**self).write(each);
    }
}

impl<T: Written> Written for Option<T> {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        self.iter().for_each(|value| value.write(each));
    }
}

impl<T: Written> Written for Vec<T> {
    fn write(&self, each: &mut dyn FnMut(&str)) {
        self.iter().for_each(|value| value.write(each));
    }
}
