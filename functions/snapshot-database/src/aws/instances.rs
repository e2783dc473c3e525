//! What is asked of RDS about instances and their snapshots.

use shared::kinds::database::RegionCode;

use super::described::{instance, instance_snapshot, tag_list, word};
use super::fault::fault;
use super::{AwsUntil, PAGE, every_page};
use crate::world::{Copy, Create, Database, Fault, Member, Origin, Restore, Snapshot};

impl AwsUntil<'_> {
    /// The instance of a name, or all of them.
    pub(super) async fn instances(
        &self,
        operation: &str,
        name: Option<&str>,
    ) -> Result<Vec<Database>, Fault> {
        let client = self.home_client();
        let found = every_page(async |marker| {
            let request = client.describe_db_instances().max_records(PAGE).set_marker(marker);
            let request = request.set_db_instance_identifier(name.map(str::to_owned));
            let answer = request.customize().config_override(self.settings(operation)?).send().await;
            let answer = answer.map_err(|error| fault(operation, &error))?;
            Ok((answer.db_instances, answer.marker))
        });
        Ok(found.await?.into_iter().filter_map(instance).collect())
    }

    /// The snapshots of an instance, or of all.
    pub(super) async fn instance_snapshots(
        &self,
        operation: &str,
        region: &RegionCode,
        of: Option<&str>,
        origin: Origin,
    ) -> Result<Vec<Snapshot>, Fault> {
        let client = self.aws.client(region);
        let found = every_page(async |marker| {
            let request = client.describe_db_snapshots().max_records(PAGE).set_marker(marker);
            let request = request.snapshot_type(word(origin));
            let request = request.set_db_instance_identifier(of.map(str::to_owned));
            let answer = request.customize().config_override(self.settings(operation)?).send().await;
            let answer = answer.map_err(|error| fault(operation, &error))?;
            Ok((answer.db_snapshots, answer.marker))
        });
        Ok(found.await?.into_iter().filter_map(instance_snapshot).collect())
    }

    pub(super) async fn instance_snapshot(
        &self,
        operation: &str,
        region: &RegionCode,
        name: &str,
    ) -> Result<Option<Snapshot>, Fault> {
        let request = self.aws.client(region).describe_db_snapshots().db_snapshot_identifier(name);
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        let answer = answer.map_err(|error| fault(operation, &error))?;
        let mut found = answer.db_snapshots.into_iter().flatten().filter_map(instance_snapshot);
        Ok(found.find(|snapshot| snapshot.name == name))
    }

    pub(super) async fn create_instance_snapshot(
        &self,
        operation: &str,
        create: &Create,
    ) -> Result<(), Fault> {
        let request = self.home_client().create_db_snapshot().set_tags(tag_list(&create.tags));
        let request = request.db_instance_identifier(&create.of.name).db_snapshot_identifier(&create.name);
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    /// RDS copies tags either from the source or from the request.
    pub(super) async fn copy_instance_snapshot(&self, operation: &str, copy: &Copy) -> Result<(), Fault> {
        let request = self.aws.client(&copy.region).copy_db_snapshot();
        let request = request.source_db_snapshot_identifier(&copy.source_arn);
        let request = request.target_db_snapshot_identifier(&copy.name).set_tags(tag_list(&copy.tags));
        let request = request.copy_tags(false).set_kms_key_id(copy.kms_key.clone());
        let request = request.set_option_group_name(copy.option_group.clone());
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    pub(super) async fn delete_instance_snapshot(
        &self,
        operation: &str,
        region: &RegionCode,
        name: &str,
    ) -> Result<(), Fault> {
        let request = self.aws.client(region).delete_db_snapshot().db_snapshot_identifier(name);
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    /// What the source has is inherited where nothing is said, so it is said.
    pub(super) async fn restore_instance(&self, operation: &str, restore: &Restore) -> Result<(), Fault> {
        let request = self.home_client().restore_db_instance_from_db_snapshot();
        let request = request.db_instance_identifier(&restore.scratch.name);
        let request = request.db_snapshot_identifier(&restore.snapshot);
        let request = request.set_db_instance_class(restore.class.clone());
        let request = request.set_db_subnet_group_name(restore.subnet_group.clone());
        let groups = &restore.security_groups;
        let request = request.set_vpc_security_group_ids((!groups.is_empty()).then(|| groups.clone()));
        let request = request.publicly_accessible(false).multi_az(false).deletion_protection(false);
        let request = request.auto_minor_version_upgrade(false).copy_tags_to_snapshot(false);
        let request = request.set_tags(tag_list(&restore.tags));
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    /// A cluster's instance has the cluster's storage, subnets, security groups and protection.
    pub(super) async fn create_member(&self, operation: &str, member: &Member) -> Result<(), Fault> {
        let request = self.home_client().create_db_instance().db_cluster_identifier(&member.cluster);
        let request = request.db_instance_identifier(&member.name).db_instance_class(&member.class);
        let request = request.engine(&member.engine).publicly_accessible(false);
        let request = request.auto_minor_version_upgrade(false).set_tags(tag_list(&member.tags));
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    pub(super) async fn delete_instance(&self, operation: &str, name: &str) -> Result<(), Fault> {
        let request = self.home_client().delete_db_instance().db_instance_identifier(name);
        let request = request.skip_final_snapshot(true).delete_automated_backups(true);
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }
}
