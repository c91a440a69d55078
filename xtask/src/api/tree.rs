//! The modules of a crate, and what a path means in each of them.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::{Expr, Ident, Item, ItemImpl, ItemMacro, ItemMod, Stmt, UseTree, Visibility};

use super::cfg::Condition;

/// What belongs to Rust itself.
pub(super) const STANDARD: [&str; 4] = ["std", "core", "alloc", "proc_macro"];

/// What the root of a tree is.
#[derive(Clone, Debug)]
pub(super) enum Root {
    /// A crate with these dependencies.
    Crate { dependencies: Vec<String> },
    /// One module of a crate that is not at hand.
    Module,
}

/// All modules, with the root first.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) root: Root,
    pub(super) modules: Vec<Module<'a>>,
    pub(super) definitions: Vec<Definition<'a>>,
    pub(super) uses: Vec<Use>,
}

#[derive(Debug)]
pub(super) struct Module<'a> {
    parent: Option<usize>,
    /// The path from the root.
    pub(super) path: Vec<Ident>,
    pub(super) item: Option<&'a ItemMod>,
    /// What must hold for the module and all above it.
    pub(super) condition: Condition,
    pub(super) public: bool,
    pub(super) names: BTreeMap<Ident, Vec<Named>>,
    /// The `use …::*` in it.
    pub(super) globs: Vec<usize>,
    pub(super) impls: Vec<&'a ItemImpl>,
    pub(super) macros: Vec<&'a ItemMacro>,
    /// What syn does not know.
    pub(super) unknown: Vec<&'a Item>,
}

/// What a name stands for in its module.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named {
    Module(usize),
    Definition(usize),
    Use(usize),
}

#[derive(Debug)]
pub(super) struct Definition<'a> {
    pub(super) module: usize,
    pub(super) name: &'a Ident,
    pub(super) item: &'a Item,
    /// What must hold for it and the modules that it stands in.
    pub(super) condition: Condition,
    pub(super) public: bool,
}

/// One name, or all names, brought into a module.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) module: usize,
    pub(super) path: Vec<Ident>,
    from_outside: bool,
    /// The name here; `_` for a trait without one.
    pub(super) name: Option<Ident>,
    pub(super) condition: Condition,
    pub(super) public: bool,
    pub(super) span: Span,
}

/// What a path leads to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Module(usize),
    Definition(usize),
    Variant(usize, Ident),
    /// A path that starts with the name of another crate.
    External(Vec<Ident>),
}

impl<'a> Tree<'a> {
    pub(super) fn new(root: Root, items: &'a [Item]) -> Self {
        let mut tree = Self { root, modules: Vec::new(), definitions: Vec::new(), uses: Vec::new() };
        tree.add_module(None, Vec::new(), None, Condition::default(), true, items);
        tree
    }

    fn add_module(
        &mut self,
        parent: Option<usize>,
        path: Vec<Ident>,
        item: Option<&'a ItemMod>,
        condition: Condition,
        public: bool,
        items: &'a [Item],
    ) -> usize {
        let module = self.modules.len();
        self.modules.push(Module {
            parent,
            path,
            item,
            condition,
            public,
            names: BTreeMap::new(),
            globs: Vec::new(),
            impls: Vec::new(),
            macros: Vec::new(),
            unknown: Vec::new(),
        });
        for item in items {
            self.add_item(module, item);
        }
        module
    }

    fn add_item(&mut self, module: usize, item: &'a Item) {
        let (name, visibility, attributes) = match item {
            Item::Const(item) if item.ident == "_" => {
                // The way to put impls into a scope of their own.
                if let Expr::Block(block) = &*item.expr {
                    for statement in &block.block.stmts {
                        if let Stmt::Item(inner @ Item::Impl(_)) = statement {
                            self.add_item(module, inner);
                        }
                    }
                }
                return;
            }
            Item::Const(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Enum(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Fn(item) => (&item.sig.ident, &item.vis, &item.attrs),
            Item::Mod(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Static(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Struct(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Trait(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Type(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Union(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Impl(item) => return self.modules[module].impls.push(item),
            Item::Macro(item) => return self.modules[module].macros.push(item),
            Item::Use(item) => {
                let Some(condition) = self.condition(module, &item.attrs) else { return };
                let start = Use {
                    module,
                    path: Vec::new(),
                    from_outside: item.leading_colon.is_some(),
                    name: None,
                    condition,
                    public: is_public(&item.vis),
                    span: item.use_token.span,
                };
                return self.add_use(start, &item.tree);
            }
            Item::ExternCrate(item) => {
                let Some(condition) = self.condition(module, &item.attrs) else { return };
                let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name).clone();
                return self.push_use(Use {
                    module,
                    path: vec![item.ident.clone()],
                    from_outside: item.ident != "self",
                    name: Some(name),
                    condition,
                    public: is_public(&item.vis),
                    span: item.extern_token.span,
                });
            }
            unknown => return self.modules[module].unknown.push(unknown),
        };
        let Some(condition) = self.condition(module, attributes) else { return };
        let public = is_public(visibility);
        let named = if let Item::Mod(item) = item {
            let path = [self.modules[module].path.as_slice(), std::slice::from_ref(name)].concat();
            let items = item.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default();
            Named::Module(self.add_module(Some(module), path, Some(item), condition, public, items))
        } else {
            self.definitions.push(Definition { module, name, item, condition, public });
            Named::Definition(self.definitions.len() - 1)
        };
        self.modules[module].names.entry(name.clone()).or_default().push(named);
    }

    fn condition(&self, module: usize, attributes: &[syn::Attribute]) -> Option<Condition> {
        Some(self.modules[module].condition.and(&Condition::of(attributes)?))
    }

    fn add_use(&mut self, start: Use, tree: &UseTree) {
        let named = |name: &Ident, rename: &Ident| {
            let mut path = start.path.clone();
            // `use a::{self}` is `use a`.
            if name != "self" || path.is_empty() {
                path.push(name.clone());
            }
            let rename = if rename == "self" { path.last().unwrap_or(rename) } else { rename };
            let (rename, condition) = (Some(rename.clone()), start.condition.clone());
            Use { path, name: rename, condition, span: name.span(), ..start }
        };
        match tree {
            UseTree::Name(tree) => {
                let named = named(&tree.ident, &tree.ident);
                self.push_use(named);
            }
            UseTree::Rename(tree) => {
                let named = named(&tree.ident, &tree.rename);
                self.push_use(named);
            }
            UseTree::Glob(tree) => self.push_use(Use { span: tree.star_token.span, ..start }),
            UseTree::Path(tree) => {
                let mut start = start;
                start.path.push(tree.ident.clone());
                self.add_use(start, &tree.tree);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    let (path, condition) = (start.path.clone(), start.condition.clone());
                    self.add_use(Use { path, name: None, condition, ..start }, tree);
                }
            }
        }
    }

    fn push_use(&mut self, found: Use) {
        let module = &mut self.modules[found.module];
        let id = self.uses.len();
        match &found.name {
            Some(name) => module.names.entry(name.clone()).or_default().push(Named::Use(id)),
            None => module.globs.push(id),
        }
        self.uses.push(found);
    }

    /// All that a `use` brings in; nothing when its path leads nowhere.
    pub(super) fn targets(&self, id: usize) -> Vec<Target> {
        self.follow(id, &mut Vec::new())
    }

    /// The type or trait that a path in a signature means; none for a generic, a primitive, or what the prelude has.
    pub(super) fn type_of(&self, module: usize, path: &[Ident], from_outside: bool) -> Option<Target> {
        let targets = self.resolve(module, path, from_outside, &mut Vec::new());
        targets.into_iter().find(|target| match target {
            Target::Definition(id) => {
                !matches!(self.definitions[*id].item, Item::Fn(_) | Item::Const(_) | Item::Static(_))
            }
            // A lone name that is not found here is a generic, a primitive, or what the prelude has.
            Target::External(external) => from_outside || path.len() > 1 || external.len() > 1,
            Target::Module(_) | Target::Variant(..) => false,
        })
    }

    fn follow(&self, id: usize, following: &mut Vec<usize>) -> Vec<Target> {
        // `pub use reqwest` names itself, and a circle of globs has no end.
        if following.contains(&id) {
            return Vec::new();
        }
        following.push(id);
        let found = &self.uses[id];
        let targets = self.resolve(found.module, &found.path, found.from_outside, following);
        following.pop();
        targets
    }

    fn resolve(&self, module: usize, path: &[Ident], from_outside: bool, following: &mut Vec<usize>) -> Vec<Target> {
        let external = || vec![Target::External(path.to_vec())];
        let Some((first, rest)) = path.split_first() else { return vec![Target::Module(module)] };
        if from_outside {
            return external();
        }
        let starts = if first == "crate" {
            match self.root {
                Root::Crate { .. } => vec![Target::Module(0)],
                Root::Module => {
                    // Generated code names itself by its place in the SDK.
                    return match rest {
                        [generated, _, rest @ ..] if generated == "generated" => {
                            self.descend(Target::Module(0), rest, following)
                        }
                        _ => external(),
                    };
                }
            }
        } else if first == "self" || first == "super" {
            return self.descend(Target::Module(module), path, following);
        } else {
            self.look_up(module, first, following)
        };
        if starts.is_empty() {
            let known = match &self.root {
                Root::Crate { dependencies } => {
                    STANDARD.iter().any(|name| first == name) || dependencies.iter().any(|name| first == name)
                }
                Root::Module => true,
            };
            return if known { external() } else { Vec::new() };
        }
        starts.into_iter().flat_map(|start| self.descend(start, rest, following)).collect()
    }

    fn descend(&self, start: Target, path: &[Ident], following: &mut Vec<usize>) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else { return vec![start] };
        let next = match start {
            Target::Module(module) if first == "self" => vec![Target::Module(module)],
            Target::Module(module) if first == "super" => match self.modules[module].parent {
                Some(parent) => vec![Target::Module(parent)],
                None if matches!(self.root, Root::Module) => return vec![Target::External(path.to_vec())],
                None => Vec::new(),
            },
            Target::Module(module) => self.look_up(module, first, following),
            Target::Definition(id) => match self.definitions[id].item {
                Item::Enum(item) if item.variants.iter().any(|variant| variant.ident == *first) => {
                    vec![Target::Variant(id, first.clone())]
                }
                _ => Vec::new(),
            },
            Target::Variant(..) => Vec::new(),
            Target::External(start) => return vec![Target::External([start.as_slice(), path].concat())],
        };
        next.into_iter().flat_map(|next| self.descend(next, rest, following)).collect()
    }

    /// What a name means in a module: what is named there, or else what its globs bring in.
    fn look_up(&self, module: usize, name: &Ident, following: &mut Vec<usize>) -> Vec<Target> {
        let mut found = Vec::new();
        for named in self.modules[module].names.get(name).into_iter().flatten() {
            match named {
                Named::Module(id) => found.push(Target::Module(*id)),
                Named::Definition(id) => found.push(Target::Definition(*id)),
                Named::Use(id) => found.extend(self.follow(*id, following)),
            }
        }
        if !found.is_empty() {
            return found;
        }
        for &glob in &self.modules[module].globs {
            if following.contains(&glob) {
                continue;
            }
            let targets = self.follow(glob, following);
            following.push(glob);
            for target in targets {
                // What another crate has is not known.
                if !matches!(target, Target::External(_)) {
                    found.extend(self.descend(target, std::slice::from_ref(name), following));
                }
            }
            following.pop();
        }
        found
    }
}

pub(super) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
