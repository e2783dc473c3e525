//! What the services do, as far as the functions count on it.

use super::*;

fn with(services: impl IntoIterator<Item = EcsService>) -> Ecs {
    let place = |service: &EcsService| (service.cluster.clone(), service.name.clone());
    Ecs { services: services.into_iter().map(|service| (place(&service), service)).collect() }
}

fn api() -> EcsService {
    EcsService::new("portfolio", "api", 2)
}

#[test]
fn ten_services_are_described_at_once_and_those_that_are_not_there_are_failures() {
    let ecs = with((0..9).map(|n| EcsService::new("portfolio", format!("s{n}"), n)));
    let names: Vec<String> = (0..10).map(|n| format!("s{n}")).collect();
    let answer = ecs.describe(&json!({"cluster": "portfolio", "services": names})).unwrap();
    let described: Vec<(&Value, &Value)> = answer["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["serviceName"], &one["desiredCount"]))
        .collect();
    assert_eq!((described.len(), described[0]), (9, (&json!("s8"), &json!(8))));
    assert_eq!(
        answer["failures"],
        json!([{"arn": "arn:aws:ecs:us-east-1:123456789012:service/portfolio/s9", "reason": "MISSING"}])
    );
}

#[test]
fn what_ecs_would_not_take_is_refused() {
    let ecs = with([api()]);
    let eleven: Vec<String> = (0..11).map(|n| format!("s{n}")).collect();
    for (request, code) in [
        (json!({"cluster": "portfolio", "services": eleven}), "InvalidParameterException"),
        (json!({"cluster": "portfolio", "services": []}), "InvalidParameterException"),
        (json!({"cluster": "elsewhere", "services": ["api"]}), "ClusterNotFoundException"),
        (json!({"services": ["api"]}), "ClusterNotFoundException"),
    ] {
        assert_eq!(ecs.describe(&request).unwrap_err().code, code, "{request}");
    }
}

#[test]
fn a_desired_count_is_set_at_once_and_starts_no_deployment() {
    let mut ecs = with([api()]);
    let answer = ecs.update(&json!({"cluster": "portfolio", "service": "api", "desiredCount": 5})).unwrap();
    let service = &answer["service"];
    assert_eq!((&service["desiredCount"], &service["runningCount"]), (&json!(5), &json!(2)));
    assert_eq!(service["deployments"].as_array().map(Vec::len), Some(1));
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
}

#[test]
fn what_cannot_be_updated_is_refused_with_the_words_of_ecs() {
    let mut ecs = with([
        EcsService { daemon: true, ..EcsService::new("portfolio", "agent", 3) },
        EcsService { status: "INACTIVE", ..EcsService::new("portfolio", "gone", 0) },
        EcsService { status: "DRAINING", ..EcsService::new("portfolio", "going", 0) },
    ]);
    for (service, code, words) in [
        (
            "agent",
            "InvalidParameterException",
            "The daemon scheduling strategy does not support a desired count",
        ),
        ("gone", "ServiceNotActiveException", "Service was not ACTIVE."),
        ("going", "ServiceNotActiveException", "Service was not ACTIVE."),
        ("never", "ServiceNotFoundException", "Service not found."),
    ] {
        let request = json!({"cluster": "portfolio", "service": service, "desiredCount": 1});
        let fault = ecs.update(&request).unwrap_err();
        assert_eq!(fault.code, code, "{service}");
        assert!(fault.message.starts_with(words), "{}", fault.message);
    }
}

#[test]
fn deployments_are_of_the_rolling_controller_alone_and_say_how_they_fare() {
    let described = |service: EcsService| service.describe();
    let states = |service: EcsService| -> Vec<(Value, Value)> {
        let deployments = described(service)["deployments"].as_array().unwrap().clone();
        deployments.into_iter().map(|one| (one["status"].clone(), one["rolloutState"].clone())).collect()
    };
    assert_eq!(states(EcsService { rollout: None, ..api() }), [(json!("PRIMARY"), Value::Null)]);
    assert_eq!(
        states(EcsService { rollout: Some("IN_PROGRESS"), ..api() }),
        [(json!("ACTIVE"), json!("COMPLETED")), (json!("PRIMARY"), json!("IN_PROGRESS"))]
    );
    for controller in ["CODE_DEPLOY", "EXTERNAL"] {
        let service = EcsService { controller: Some(controller), ..api() };
        assert_eq!(described(service.clone())["deploymentController"]["type"], controller);
        assert_eq!(states(service), []);
    }
    assert_eq!(states(EcsService { status: "INACTIVE", ..api() }), []);
}
