import Integrations

/// What tools send to a Jenkins, below its prefix.
extension IntegrationRoute {
    /// A job, a folder, a build, its tests.
    static let job = get("/job/**/api/json")
    static let log = get("/job/**/logText/progressiveText")
    static let stages = get("/job/**/wfapi/describe")
    static let inputs = get("/job/**/wfapi/pendingInputActions")
    static let queueItem = get("/queue/item/*/api/json")
    static let build = post("/job/**/build")
    static let buildWithParameters = post("/job/**/buildWithParameters")
}
