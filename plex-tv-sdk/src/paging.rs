//! Implements `Paged` for the replies of generated calls that page.

#[cfg(feature = "discover")]
impl crate::Paged for crate::Response<crate::discover::types::MetadataReply> {
    type Item = crate::discover::types::DiscoverMetadata;

    fn into_page(self) -> crate::Page<Self::Item> {
        let headers = self.headers().clone();
        let container = self.into_value().media_container;
        let page = crate::Page::new(container.metadata);
        page.offset(container.offset).total(container.total_size).headers(&headers)
    }
}
