import Integrations

/// What tools send to code hosts, below their prefix: GitHub's REST API, and version 4 of GitLab's.
enum GitRoutes {
    static let repositories: [IntegrationRoute] = [.get("/user/repos"), .get("/api/v4/projects")]
    static let commits: [IntegrationRoute] = [
        .get("/repos/*/*/commits"), .get("/api/v4/projects/*/repository/commits"),
    ]
    static let commit: [IntegrationRoute] = [
        .get("/repos/*/*/commits/*"), .get("/repos/*/*/commits/*/pulls"),
        .get("/api/v4/projects/*/repository/commits/*"), .get("/api/v4/projects/*/repository/commits/*/diff"),
        .get("/api/v4/projects/*/repository/commits/*/merge_requests"),
    ]
    static let checks: [IntegrationRoute] = [
        .get("/repos/*/*/commits/*/check-runs"), .get("/repos/*/*/commits/*/status"),
        .get("/api/v4/projects/*/repository/commits/*/statuses"),
    ]
    static let compare: [IntegrationRoute] = [
        .get("/repos/*/*/compare/*"), .get("/api/v4/projects/*/repository/compare"),
    ]
    static let mergeRequests: [IntegrationRoute] = [
        .get("/repos/*/*/pulls"), .get("/api/v4/projects/*/merge_requests"),
    ]
    static let mergeRequest: [IntegrationRoute] = [
        .get("/repos/*/*/pulls/*"), .get("/repos/*/*/pulls/*/files"), .get("/repos/*/*/pulls/*/reviews"),
        .get("/api/v4/projects/*/merge_requests/*"), .get("/api/v4/projects/*/merge_requests/*/diffs"),
        .get("/api/v4/projects/*/merge_requests/*/approvals"),
    ]
    static let pipelines: [IntegrationRoute] = [
        .get("/repos/*/*/actions/runs"), .get("/api/v4/projects/*/pipelines"),
    ]
    static let pipeline: [IntegrationRoute] = [
        .get("/repos/*/*/actions/runs/*"), .get("/repos/*/*/actions/runs/*/jobs"),
        .get("/api/v4/projects/*/pipelines/*"), .get("/api/v4/projects/*/pipelines/*/jobs"),
    ]
    static let log: [IntegrationRoute] = [
        .get("/repos/*/*/actions/jobs/*/logs"), .get("/repos/*/*/check-runs/*/annotations"),
        .get("/api/v4/projects/*/jobs/*/trace"),
    ]
}
