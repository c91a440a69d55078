//! The way from generated code into the transport.

use progenitor_client::{ClientHooks, ClientInfo as _, OperationInfo};
use reqwest::Request;

use super::{Transport, exchange::Exchange};
use crate::{Error, Operation, generated};

/// The row of a generated method in the table of its description, which is sorted by method name.
fn find(operations: &'static [Operation], rust_name: &str) -> Option<&'static Operation> {
    let index = operations.binary_search_by(|operation| operation.rust_name.cmp(rust_name)).ok()?;
    operations.get(index)
}

/// Generated code calls `exec` and `post` on its client. A client's own methods come before those of the trait, so these
/// are called: the trait's would have to give a reply before its body is read, and a body may break off and be asked for
/// again. The trait's `pre` stays as it is and does nothing.
macro_rules! hooks {
    ($module:ident) => {
        impl ClientHooks<Transport> for generated::$module::Client {}

        impl generated::$module::Client {
            /// Sends nothing yet: the reader of the reply does.
            #[allow(clippy::unused_async)]
            pub(crate) async fn exec(&self, request: Request, info: &OperationInfo) -> Result<Exchange<'_>, Error> {
                let operation = find(generated::$module::OPERATIONS, info.operation_id);
                Ok(Exchange::new(self.inner(), self.client(), operation, request))
            }

            #[allow(clippy::unused_async)]
            pub(crate) async fn post(&self, _: &Result<Exchange<'_>, Error>, _: &OperationInfo) -> Result<(), Error> {
                Ok(())
            }
        }
    };
}

hooks!(plex_tv);
#[cfg(feature = "v1")]
hooks!(plex_tv_v1);
#[cfg(feature = "discover")]
hooks!(discover);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_method_name() {
        let tables = [
            generated::plex_tv::OPERATIONS,
            #[cfg(feature = "v1")]
            generated::plex_tv_v1::OPERATIONS,
            #[cfg(feature = "discover")]
            generated::discover::OPERATIONS,
        ];
        for table in tables {
            assert!(table.iter().all(|operation| find(table, operation.rust_name) == Some(operation)));
        }
    }
}
