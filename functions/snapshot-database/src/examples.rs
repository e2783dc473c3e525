//! What the tests of this crate have in common: a target of a playbook, orders to it, and what there is in RDS.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::command::{Command, RawCommand, Source};
use shared::fault::FaultClass;
use shared::ids::{CommandId, TargetName, fingerprint};
use shared::kinds::database::{Backup, Database as Rule, RegionCode};
use shared::playbook::Playbook;

use crate::fake::{self, FakeDatabase, region, snapshot_arn};
use crate::names::{
    COMMAND, COPY_OF, DRILL, DRILL_BEGAN, DRILL_OF, DRILL_SNAPSHOT, HOME, LABEL, LEDGER, Owner, SELECTION,
    TAKEN_AT, TARGET,
};
use crate::order::Order;
use crate::world::{Database, DatabaseId, Family, Fault, LastDrill, Meaning, Origin, Quota, Snapshot, World};

/// The ledger's table of this stack.
pub(crate) const LEDGER_TABLE: &str = "lamplighter-ledger";

/// When everything happens in these tests.
pub(crate) fn now() -> Timestamp {
    time("21T12:00")
}

/// A time of the month of these tests, as `20T01:30`.
pub(crate) fn time(day_and_time: &str) -> Timestamp {
    format!("2026-11-{day_and_time}:00Z").parse().unwrap()
}

pub(crate) fn home() -> RegionCode {
    region("us-east-1")
}

pub(crate) fn west() -> RegionCode {
    region("us-west-2")
}

pub(crate) fn target() -> &'static TargetName {
    named("weather-db")
}

/// A target's name, which lives as long as the tests.
pub(crate) fn named(name: &str) -> &'static TargetName {
    Box::leak(Box::new(TargetName::parse(name).unwrap()))
}

/// What a playbook says of the target: keys of YAML between braces.
pub(crate) fn rule(keys: &str) -> Rule {
    let text = format!("{{version: 1, targets: {{weather-db: {{kind: database, {keys}}}}}}}");
    let playbook = Playbook::parse(&text).unwrap_or_else(|error| panic!("{keys}: {error}"));
    playbook.database(target()).unwrap().1.clone()
}

/// The instance `weather`, whose snapshots are kept for three days.
pub(crate) fn plain() -> Rule {
    rule("instance: weather, retention: {days: 3}")
}

/// The same, copied to `us-west-2`.
pub(crate) fn copied() -> Rule {
    rule("instance: weather, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 2}}]")
}

/// Everything that is tagged `backup=nightly`, but `scrap`.
pub(crate) fn tagged() -> Rule {
    rule("all-tagged: {backup: nightly}, except: [scrap], retention: {days: 3}")
}

/// An order of an operator, from a command without a target.
pub(crate) fn order<'p>(rule: &'p Rule, command: &Value) -> Order<'p> {
    let Value::Object(mut fields) = command.clone() else { panic!("no object") };
    fields.insert("target".to_owned(), json!("weather-db"));
    let raw = RawCommand { fields, fallback_id: CommandId::parse("c-1").unwrap(), source: Source::Operator };
    let Command { id, action, reason, mode, origin, .. } = raw.decode::<Backup>().unwrap();
    let delivery = format!("delivery-of-{id}");
    Order { id, target: target(), rule, action, mode, origin, reason, delivery, events: None }
}

/// An order of nothing but its action.
pub(crate) fn ordered<'p>(rule: &'p Rule, action: &str) -> Order<'p> {
    order(rule, &json!({"action": action}))
}

/// The same order from a schedule.
pub(crate) fn scheduled(mut order: Order<'_>) -> Order<'_> {
    order.origin.source = Source::Schedule;
    order
}

/// Something with a change to it.
pub(crate) trait With: Sized {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

impl With for World {}
impl With for Snapshot {}
impl With for Database {}

pub(crate) fn instance_id(name: &str) -> DatabaseId {
    DatabaseId { family: Family::Instance, name: name.to_owned() }
}

pub(crate) fn cluster_id(name: &str) -> DatabaseId {
    DatabaseId { family: Family::Cluster, name: name.to_owned() }
}

/// The database of most tests.
pub(crate) fn weather() -> DatabaseId {
    instance_id("weather")
}

/// An available instance.
pub(crate) fn instance(name: &str) -> Database {
    fake::instance(name).database
}

/// An available cluster.
pub(crate) fn cluster(name: &str) -> Database {
    fake::cluster(name).database
}

/// The same in another state.
pub(crate) fn in_state(status: &str, database: Database) -> Database {
    database.with(|database| status.clone_into(&mut database.status))
}

/// The same with a tag.
pub(crate) fn with_tag(key: &str, value: &str, database: Database) -> Database {
    database.with(|database| drop(database.tags.insert(key.to_owned(), value.to_owned())))
}

/// A good snapshot of ours in the home Region, `NAME-DAY`, taken at 01:30 of a day.
pub(crate) fn night(of: &DatabaseId, day: i8) -> Snapshot {
    ours(of, &format!("{}-{day:02}", of.name), &format!("{day:02}T01:30"))
}

/// A good snapshot of ours in the home Region, taken by a command of this id. Its name follows from that, and is read as
/// the id: see [`readable`].
pub(crate) fn ours(of: &DatabaseId, id: &str, at: &str) -> Snapshot {
    ours_of(target(), of, id, at)
}

/// The same of another target.
pub(crate) fn ours_of(target: &'static TargetName, of: &DatabaseId, id: &str, at: &str) -> Snapshot {
    foreign(of, id, at)
        .with(|snapshot| {
            for (key, value) in [
                (TARGET, target.as_str()),
                (HOME, home().as_str()),
                (SELECTION, &fingerprint(["backup", "nightly"])),
                (COMMAND, id),
            ] {
                snapshot.tags.insert(key.to_owned(), value.to_owned());
            }
        })
        .with(named_by_its_tags)
}

/// Gives a snapshot the name that follows from its tags, which is read as its command's id.
pub(crate) fn named_by_its_tags(snapshot: &mut Snapshot) {
    let target = named(&snapshot.tags[TARGET]);
    let id = CommandId::parse(&snapshot.tags[COMMAND]).unwrap();
    let (rule, home) = (plain(), region(&snapshot.tags[HOME]));
    let owner = Owner::new(target, &rule.which, &home);
    snapshot.name = owner.snapshot(&id, &snapshot.of, snapshot.tag(LABEL));
    snapshot.arn = snapshot_arn(&home, snapshot.of.family, &snapshot.name);
    READABLE.with_borrow_mut(|names| names.insert(snapshot.name.clone(), id.to_string()));
}

thread_local! {
    static READABLE: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// A text with the names of the snapshots of this test's [`ours`] as people can read them.
pub(crate) fn readable(text: &str) -> String {
    READABLE.with_borrow(|names| {
        names.iter().fold(text.to_owned(), |text, (name, readable)| text.replace(name, readable))
    })
}

/// A good manual snapshot that somebody else has taken.
pub(crate) fn foreign(of: &DatabaseId, name: &str, at: &str) -> Snapshot {
    let FakeDatabase { database, engine_version, storage, .. } = match of.family {
        Family::Instance => fake::instance(&of.name),
        Family::Cluster => fake::cluster(&of.name),
    };
    Snapshot {
        of: of.clone(),
        name: name.to_owned(),
        arn: snapshot_arn(&home(), of.family, name),
        origin: Origin::Manual,
        source: None,
        status: "available".to_owned(),
        taken_at: Some(time(at)),
        progress: 100,
        encrypted: false,
        kms_key: None,
        engine: database.engine,
        engine_version,
        storage,
        option_group: None,
        tags: crate::world::Tags::new(),
    }
}

/// A snapshot that RDS took by itself.
pub(crate) fn automated(of: &DatabaseId, at: &str) -> Snapshot {
    let name = format!("rds:{}-2026-11-{}", of.name, at.replace(['T', ':'], "-"));
    foreign(of, &name, at).with(|snapshot| snapshot.origin = Origin::Automated)
}

/// The good copy of a snapshot in another Region, as `copy` makes it.
pub(crate) fn copy_of(source: &Snapshot, region: &RegionCode) -> Snapshot {
    source.clone().with(|copy| {
        copy.arn = snapshot_arn(region, copy.of.family, &copy.name);
        copy.source = Some(source.arn.clone());
        copy.tags.insert(COPY_OF.to_owned(), source.arn.clone());
        if let Some(at) = source.taken_at {
            copy.tags.insert(TAKEN_AT.to_owned(), at.to_string());
        }
    })
}

/// The same snapshot, still on its way.
pub(crate) fn coming(status: &str, snapshot: Snapshot) -> Snapshot {
    snapshot.with(|snapshot| {
        status.clone_into(&mut snapshot.status);
        snapshot.progress = 0;
        if status == "creating" {
            snapshot.taken_at = None;
        }
    })
}

/// The same snapshot, of which nothing came.
pub(crate) fn failed(snapshot: Snapshot) -> Snapshot {
    snapshot.with(|snapshot| "failed".clone_into(&mut snapshot.status))
}

/// The same snapshot, encrypted with a key.
pub(crate) fn encrypted(key: &str, snapshot: Snapshot) -> Snapshot {
    snapshot.with(|snapshot| {
        snapshot.encrypted = true;
        snapshot.kms_key = Some(key.to_owned());
    })
}

/// The same snapshot, taken for something.
pub(crate) fn labelled(label: &str, snapshot: Snapshot) -> Snapshot {
    snapshot
        .with(|snapshot| drop(snapshot.tags.insert(LABEL.to_owned(), label.to_owned())))
        .with(named_by_its_tags)
}

/// The scratch database of a drill of `weather-db` that a command began at 09:00, with time until 17:00.
pub(crate) fn scratch(database: Database, of: &Snapshot, command: &str) -> Database {
    database.with(|database| {
        for (key, value) in [
            (TARGET, target().as_str()),
            (HOME, home().as_str()),
            (COMMAND, command),
            (DRILL, "2026-11-21T17:00:00Z"),
            (DRILL_OF, &of.of.name),
            (DRILL_SNAPSHOT, &of.name),
            (DRILL_BEGAN, "2026-11-21T09:00:00Z"),
            (LEDGER, LEDGER_TABLE),
        ] {
            database.tags.insert(key.to_owned(), value.to_owned());
        }
    })
}

pub(crate) fn last_drill(command: &str, at: &str) -> LastDrill {
    LastDrill {
        at: time(at),
        command: command.to_owned(),
        snapshot: "weather-01".to_owned(),
        passed: true,
        seconds: 1200,
    }
}

/// A world in which every Region that is named was seen, and no quota.
pub(crate) fn world<const N: usize>(
    databases: Vec<Database>,
    seen: [(RegionCode, Vec<Snapshot>); N],
) -> World {
    let mut world = World {
        now: now(),
        home: home(),
        targets: [target().to_string()].into(),
        named: [].into(),
        databases,
        snapshots: [].into(),
        automated: Vec::new(),
        quotas: [].into(),
        begun: [].into(),
        ledger: Some(LEDGER_TABLE.to_owned()),
        drills: Some([].into()),
    };
    for (region, snapshots) in seen {
        for family in Family::ALL {
            let of_family = snapshots.iter().filter(|snapshot| snapshot.of.family == family);
            world.snapshots.insert((region.clone(), family), Ok(of_family.cloned().collect()));
        }
    }
    world
}

/// The available instance `weather`, and its snapshots at home.
pub(crate) fn at_home(snapshots: Vec<Snapshot>) -> World {
    world(vec![instance("weather")], [(home(), snapshots)])
}

/// The available instance `weather`, its snapshots at home, and those in `us-west-2`.
pub(crate) fn in_both(at_home: Vec<Snapshot>, there: Vec<Snapshot>) -> World {
    world(vec![instance("weather")], [(home(), at_home), (west(), there)])
}

/// The same world, with a quota of manual snapshots in a Region.
pub(crate) fn with_quota(region: RegionCode, family: Family, used: u32, most: u32, world: World) -> World {
    world.with(|world| {
        world.quotas.entry(region).or_default().insert(family, Quota { used, most });
    })
}

/// The same world, of which a Region could not be seen.
pub(crate) fn unseen(region: RegionCode, family: Family, world: World) -> World {
    world.with(|world| drop(world.snapshots.insert((region, family), Err(fault("list", THROTTLED)))))
}

pub(crate) const THROTTLED: Meaning = Meaning::Common(FaultClass::Throttled);

pub(crate) fn fault(operation: &str, meaning: Meaning) -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = "made to fail".into();
    Fault { operation: operation.to_owned(), meaning, source: source.into() }
}

pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}
