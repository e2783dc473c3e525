//! What the five systems ask to watch, a row each, as their documents say it.

/// An alarm that a system asks for.
pub(super) struct Wanted {
    pub(super) name: &'static str,
    /// Namespace, metric and statistic.
    pub(super) metric: &'static str,
    pub(super) dimensions: &'static str,
    /// How many periods of how many seconds.
    pub(super) periods: (u64, u64),
    /// What is too much, or too little.
    pub(super) limit: (char, f64),
}

/// A row of the table below.
const fn row(
    name: &'static str,
    metric: &'static str,
    dimensions: &'static str,
    periods: (u64, u64),
    limit: (char, f64),
) -> Wanted {
    Wanted { name, metric, dimensions, periods, limit }
}

const WEATHER_DB: &str = "DBInstanceIdentifier=weather-tracker-postgres-prod";
const PORTFOLIO_DB: &str = "DBInstanceIdentifier=portfolio-prod";
const STATUS_DB: &str = "DBInstanceIdentifier=status-page-prod";
const API: &str = "FunctionName=PortfolioApiFunction";
const WORKER: &str = "FunctionName=PortfolioWorkerFunction";

/// In the home Region. Limits of percentages are in per cent, however the metric counts.
pub(super) const AT_HOME: [Wanted; 29] = [
    row("weather-db-cpu", "AWS/RDS CPUUtilization Average", WEATHER_DB, (2, 300), ('>', 80.0)),
    row("weather-db-free-storage", "AWS/RDS FreeStorageSpace Minimum", WEATHER_DB, (1, 300), ('<', 10.0)),
    row("weather-db-connections", "AWS/RDS DatabaseConnections Average", WEATHER_DB, (2, 300), ('>', 80.0)),
    // 10 ms: RDS measures seconds.
    row("weather-db-read-latency", "AWS/RDS ReadLatency Average", WEATHER_DB, (2, 300), ('>', 0.01)),
    row(
        "weather-origin-5xx",
        "AWS/ApplicationELB HTTPCode_Target_5XX_Count Sum",
        "LoadBalancer=WeatherLoadBalancer",
        (1, 60),
        ('>', 10.0),
    ),
    row(
        "external-metrics-unhealthy-targets",
        "AWS/ApplicationELB UnHealthyHostCount Maximum",
        "TargetGroup=MetricsTargetGroup LoadBalancer=MetricsLoadBalancer",
        (2, 60),
        ('>', 0.0),
    ),
    row("portfolio-db-cpu", "AWS/RDS CPUUtilization Average", PORTFOLIO_DB, (2, 300), ('>', 80.0)),
    row("portfolio-db-free-storage", "AWS/RDS FreeStorageSpace Minimum", PORTFOLIO_DB, (1, 300), ('<', 10.0)),
    // More than ten a minute.
    row("portfolio-api-5xx", "AWS/ApiGateway 5xx Sum", "ApiId=PortfolioApiId", (1, 60), ('>', 10.0)),
    row("portfolio-lambda-concurrency", "AWS/Lambda ConcurrentExecutions Maximum", "", (3, 60), ('>', 80.0)),
    row("portfolio-lambda-api-errors", "AWS/Lambda Errors Sum", API, (1, 300), ('>', 0.0)),
    row("portfolio-lambda-api-throttles", "AWS/Lambda Throttles Sum", API, (1, 300), ('>', 0.0)),
    row("portfolio-lambda-worker-errors", "AWS/Lambda Errors Sum", WORKER, (1, 300), ('>', 0.0)),
    row("portfolio-lambda-worker-throttles", "AWS/Lambda Throttles Sum", WORKER, (1, 300), ('>', 0.0)),
    eviction("portfolio-cache-evictions-001", "CacheClusterId=${PortfolioCacheGroup}-001"),
    eviction("portfolio-cache-evictions-002", "CacheClusterId=${PortfolioCacheGroup}-002"),
    eviction("portfolio-cache-evictions-003", "CacheClusterId=${PortfolioCacheGroup}-003"),
    row(
        "status-page-alb-5xx",
        "AWS/ApplicationELB HTTPCode_ELB_5XX_Count Sum",
        "LoadBalancer=StatusLoadBalancer",
        (1, 300),
        ('>', 5.0),
    ),
    row(
        "status-page-waf-blocks",
        "AWS/WAFV2 BlockedRequests Sum",
        "WebACL=StatusWebAcl Rule=ALL Region=AWS::Region",
        (1, 300),
        // Its document gives no number: a parameter does.
        ('>', f64::NAN),
    ),
    // Its document asks for processors and memory, of whatever has them, and for connections, and gives no numbers.
    row(
        "status-page-nodes-cpu",
        "ContainerInsights node_cpu_utilization Average",
        "ClusterName=StatusCluster",
        (2, 300),
        ('>', 80.0),
    ),
    row(
        "status-page-nodes-memory",
        "ContainerInsights node_memory_utilization Average",
        "ClusterName=StatusCluster",
        (2, 300),
        ('>', 80.0),
    ),
    row("status-page-db-cpu", "AWS/RDS CPUUtilization Average", STATUS_DB, (2, 300), ('>', 80.0)),
    row("status-page-db-memory", "AWS/RDS FreeableMemory Average", STATUS_DB, (2, 300), ('>', 80.0)),
    row(
        "status-page-db-connections",
        "AWS/RDS DatabaseConnections Average",
        STATUS_DB,
        (2, 300),
        ('>', 80.0),
    ),
    row(
        "status-page-cache-cpu",
        "AWS/ElastiCache CPUUtilization Average",
        "CacheClusterId=StatusCacheNode",
        (2, 300),
        ('>', 80.0),
    ),
    row(
        "status-page-cache-memory",
        "AWS/ElastiCache DatabaseMemoryUsagePercentage Average",
        "CacheClusterId=StatusCacheNode",
        (2, 300),
        ('>', 80.0),
    ),
    // A second: load balancers measure seconds, too.
    row(
        "ecs-platform-response-time",
        "AWS/ApplicationELB TargetResponseTime Average",
        "LoadBalancer=PlatformLoadBalancer",
        (3, 60),
        ('>', 1.0),
    ),
    row(
        "ecs-platform-unhealthy-targets",
        "AWS/ApplicationELB UnHealthyHostCount Maximum",
        "TargetGroup=PlatformTargetGroup LoadBalancer=PlatformLoadBalancer",
        (2, 60),
        ('>', 0.0),
    ),
    row(
        "ecs-platform-proxy-connections",
        "AWS/RDS ClientConnections Sum",
        "ProxyName=PlatformProxyName",
        (3, 60),
        ('>', 80.0),
    ),
];

const fn eviction(name: &'static str, node: &'static str) -> Wanted {
    row(name, "AWS/ElastiCache Evictions Sum", node, (3, 300), ('>', 0.0))
}

const PRIMARY: &str = "DistributionId=E1WEATHEREXAMPLE Region=Global";
const SECONDARY: &str = "DistributionId=E2WEATHEREXAMPLE Region=Global";
const PRIMARY_CHECK: &str = "HealthCheckId=WeatherPrimaryHealthCheck";
const SECONDARY_CHECK: &str = "HealthCheckId=11111111-2222-3333-4444-555555555555";

/// In us-east-1, where CloudFront and Route 53 have their metrics.
pub(super) const IN_US_EAST_1: [Wanted; 9] = [
    row("weather-cdn-4xx", "AWS/CloudFront 4xxErrorRate Average", PRIMARY, (3, 300), ('>', 5.0)),
    row("weather-cdn-5xx", "AWS/CloudFront 5xxErrorRate Average", PRIMARY, (1, 300), ('>', 1.0)),
    row("weather-cdn-hit-rate", "AWS/CloudFront CacheHitRate Average", PRIMARY, (3, 300), ('<', 50.0)),
    row("weather-cdn-secondary-4xx", "AWS/CloudFront 4xxErrorRate Average", SECONDARY, (3, 300), ('>', 5.0)),
    row("weather-cdn-secondary-5xx", "AWS/CloudFront 5xxErrorRate Average", SECONDARY, (1, 300), ('>', 1.0)),
    row(
        "weather-cdn-secondary-hit-rate",
        "AWS/CloudFront CacheHitRate Average",
        SECONDARY,
        (3, 300),
        ('<', 50.0),
    ),
    // 1 is healthy, 0 is not.
    row(
        "weather-primary-health",
        "AWS/Route53 HealthCheckStatus Minimum",
        PRIMARY_CHECK,
        (1, 60),
        ('<', 1.0),
    ),
    row(
        "weather-dns-secondary-health",
        "AWS/Route53 HealthCheckStatus Minimum",
        SECONDARY_CHECK,
        (1, 60),
        ('<', 1.0),
    ),
    // In milliseconds.
    row("weather-dns-latency", "AWS/Route53 TimeToFirstByte Average", PRIMARY_CHECK, (3, 300), ('>', 1000.0)),
];
