//! What is asked of RDS about clusters and their snapshots.

use shared::kinds::database::RegionCode;

use super::described::{cluster, cluster_snapshot, tag_list, word};
use super::fault::fault;
use super::{AwsUntil, PAGE, every_page};
use crate::world::{Copy, Create, Database, Fault, Origin, Restore, Snapshot};

impl AwsUntil<'_> {
    /// The cluster of a name, or all of them.
    pub(super) async fn clusters(&self, operation: &str, name: Option<&str>) -> Result<Vec<Database>, Fault> {
        let client = self.home_client();
        let found = every_page(async |marker| {
            let request = client.describe_db_clusters().max_records(PAGE).set_marker(marker);
            let request = request.set_db_cluster_identifier(name.map(str::to_owned));
            let answer = request.customize().config_override(self.settings(operation)?).send().await;
            let answer = answer.map_err(|error| fault(operation, &error))?;
            Ok((answer.db_clusters, answer.marker))
        });
        Ok(found.await?.into_iter().filter_map(cluster).collect())
    }

    /// The snapshots of a cluster, or of all.
    pub(super) async fn cluster_snapshots(
        &self,
        operation: &str,
        region: &RegionCode,
        of: Option<&str>,
        origin: Origin,
    ) -> Result<Vec<Snapshot>, Fault> {
        let client = self.aws.client(region);
        let found = every_page(async |marker| {
            let request = client.describe_db_cluster_snapshots().max_records(PAGE).set_marker(marker);
            let request = request.snapshot_type(word(origin));
            let request = request.set_db_cluster_identifier(of.map(str::to_owned));
            let answer = request.customize().config_override(self.settings(operation)?).send().await;
            let answer = answer.map_err(|error| fault(operation, &error))?;
            Ok((answer.db_cluster_snapshots, answer.marker))
        });
        Ok(found.await?.into_iter().filter_map(cluster_snapshot).collect())
    }

    pub(super) async fn cluster_snapshot(
        &self,
        operation: &str,
        region: &RegionCode,
        name: &str,
    ) -> Result<Option<Snapshot>, Fault> {
        let request =
            self.aws.client(region).describe_db_cluster_snapshots().db_cluster_snapshot_identifier(name);
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        let answer = answer.map_err(|error| fault(operation, &error))?;
        let mut found = answer.db_cluster_snapshots.into_iter().flatten().filter_map(cluster_snapshot);
        Ok(found.find(|snapshot| snapshot.name == name))
    }

    pub(super) async fn create_cluster_snapshot(
        &self,
        operation: &str,
        create: &Create,
    ) -> Result<(), Fault> {
        let request = self.home_client().create_db_cluster_snapshot().set_tags(tag_list(&create.tags));
        let request = request.db_cluster_identifier(&create.of.name);
        let request = request.db_cluster_snapshot_identifier(&create.name);
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    /// Snapshots of clusters have no option groups.
    pub(super) async fn copy_cluster_snapshot(&self, operation: &str, copy: &Copy) -> Result<(), Fault> {
        let request = self.aws.client(&copy.region).copy_db_cluster_snapshot();
        let request = request.source_db_cluster_snapshot_identifier(&copy.source_arn);
        let request = request.target_db_cluster_snapshot_identifier(&copy.name);
        let request = request.set_tags(tag_list(&copy.tags)).copy_tags(false);
        let request = request.set_kms_key_id(copy.kms_key.clone());
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    pub(super) async fn delete_cluster_snapshot(
        &self,
        operation: &str,
        region: &RegionCode,
        name: &str,
    ) -> Result<(), Fault> {
        let request =
            self.aws.client(region).delete_db_cluster_snapshot().db_cluster_snapshot_identifier(name);
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    /// The class is of Multi-AZ DB clusters, which have their instances at once: Aurora refuses it.
    pub(super) async fn restore_cluster(&self, operation: &str, restore: &Restore) -> Result<(), Fault> {
        let request = self.home_client().restore_db_cluster_from_snapshot();
        let request = request.db_cluster_identifier(&restore.scratch.name);
        let request = request.snapshot_identifier(&restore.snapshot);
        let request = request.engine(&restore.engine).engine_version(&restore.engine_version);
        let class = restore.class.clone().filter(|_| !restore.engine.starts_with("aurora"));
        let request = request.set_db_cluster_instance_class(class);
        let request = request.set_db_subnet_group_name(restore.subnet_group.clone());
        let groups = &restore.security_groups;
        let request = request.set_vpc_security_group_ids((!groups.is_empty()).then(|| groups.clone()));
        let request = request.deletion_protection(false).copy_tags_to_snapshot(false);
        let request = request.set_tags(tag_list(&restore.tags));
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }

    /// Its automated backups go with it unless a request says otherwise.
    pub(super) async fn delete_cluster(&self, operation: &str, name: &str) -> Result<(), Fault> {
        let request = self.home_client().delete_db_cluster().db_cluster_identifier(name);
        let request = request.skip_final_snapshot(true);
        let answer = request.customize().config_override(self.settings(operation)?).send().await;
        answer.map(drop).map_err(|error| fault(operation, &error))
    }
}
