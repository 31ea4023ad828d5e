public import KubeModel

/// Finds resources by the names that people give them, as `kubectl` does.
///
/// The resources that the server serves are asked for once and kept for some minutes: a version may end, and a scope
/// change. A name that isn't known makes it ask again, at most every few seconds, because a CRD may just have been
/// created.
public actor RESTMapper {
    private let api: any KubeAPI
    private let reloadInterval: Duration
    private let maximumAge: Duration
    private var discovery: Discovery?
    private var loadedAt = ContinuousClock.now
    private var lastMissReload: ContinuousClock.Instant?
    /// A number that changes with ``invalidate()``: what a load under way brings is then not kept.
    private var generation = 0
    private var isLoading = false
    private(set) var waiters: [CheckedContinuation<Discovery?, any Error>] = []

    /// Makes a mapper that has asked for nothing yet.
    ///
    /// - Parameters:
    ///   - api: The API server that is asked.
    ///   - reloadInterval: The least time between two reloads because of names that weren't known.
    ///   - maximumAge: For how long an answer is kept.
    public init(
        api: any KubeAPI, reloadInterval: Duration = .seconds(5), maximumAge: Duration = .seconds(300)
    ) {
        self.api = api
        self.reloadInterval = reloadInterval
        self.maximumAge = maximumAge
    }

    /// Finds the resource that `kubectl` would take for a name.
    ///
    /// - Parameter name: `deploy`, `deployments`, `Deployment`, `deployments.apps`, `deployments.v1.apps`, in any case.
    /// - Returns: The resource, with its verbs and subresources.
    /// - Throws: `APIStatus` 404 with kubectl's text where there is none; what the server or the client threw
    ///   otherwise.
    public func resource(named name: String) async throws -> APIResource { try await match(name).resource }

    /// Finds a resource like ``resource(named:)``, with the resources of other groups that have the name, too. Where
    /// the servers of some groups couldn't be asked, the text of the 404 names them: the resource may be one of theirs.
    public func match(_ name: String) async throws -> ResourceMatch {
        let isQualified = name.contains(".")
        let found = try await find { discovery -> ResourceMatch? in
            guard let resource = discovery.resource(named: name) else { return nil }
            let others = discovery.namesakes(of: name).filter { $0.qualifiedName != resource.qualifiedName }
            return ResourceMatch(resource, others: others, isQualified: isQualified)
        }
        if let found { return found }
        throw try await missing(name)
    }

    /// The resources of a category, such as `all`: empty where there is none of that name.
    public func resources(inCategory category: String) async throws -> [APIResource] {
        try await current().resources(inCategory: category)
    }

    private func missing(_ name: String) async throws -> APIStatus {
        let first = name.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? name
        var message = "the server doesn't have a resource type \"\(first)\""
        let unavailable = try await current().unavailable
        if !unavailable.isEmpty {
            let groups = unavailable.map(\.description).joined(separator: ", ")
            message += ", unless it belongs to an API group whose server can't be asked now: \(groups)"
        }
        return APIStatus(code: 404, reason: .notFound, message: message)
    }

    /// Finds the resource whose objects are of a type. `APIStatus` 404 with kubectl's text is thrown where there is
    /// none; what the server or the client threw otherwise.
    public func resource(for kind: GroupVersionKind) async throws -> APIResource {
        if let found = try await find({ $0.resource(for: kind) }) { return found }
        throw APIStatus(
            code: 404, reason: .notFound,
            message: "no matches for kind \"\(kind.kind)\" in version \"\(kind.apiVersion)\"", group: kind.group,
            kind: kind.kind)
    }

    /// Each resource once, in its group's preferred version: what `kubectl api-resources` lists.
    public func allResources() async throws -> [APIResource] { try await current().preferred }

    /// Each resource in each version that it is served in.
    public func allVersions() async throws -> [APIResource] { try await current().resources }

    /// Groups whose servers couldn't be asked for what they serve: extension servers that are down.
    public func unavailableGroupVersions() async throws -> [GroupVersion] { try await current().unavailable }

    /// Forgets what is known; the next question asks the server.
    public func invalidate() {
        discovery = nil
        generation += 1
    }

    private func find<Found>(_ look: (Discovery) -> Found?) async throws -> Found? {
        let wasKnown = discovery != nil
        if let found = look(try await current()) { return found }
        // What was asked for a moment ago, for this very question, needn't be asked again.
        guard wasKnown else { return nil }
        if mayReload() { invalidate() } else if !isLoading { return nil }
        return look(try await current())
    }

    private func mayReload() -> Bool {
        let now = ContinuousClock.now
        if let lastMissReload, lastMissReload.duration(to: now) < reloadInterval { return false }
        lastMissReload = now
        return true
    }

    /// The known resources, or those that are asked for now. Callers that come while a load is under way wait for it
    /// instead of another.
    private func current() async throws -> Discovery {
        while true {
            if let discovery, loadedAt.duration(to: .now) < maximumAge { return discovery }
            guard isLoading else { return try await load() }
            let shared = try await withCheckedThrowingContinuation { waiters.append($0) }
            if let shared { return shared }
        }
    }

    private func load() async throws -> Discovery {
        isLoading = true
        let generation = generation
        do {
            let start = ContinuousClock.now
            let loaded = try await Discovery.load(from: api)
            let isFresh = generation == self.generation
            if isFresh { (discovery, loadedAt) = (loaded, start) }
            // Who came after an invalidation asked for newer data than this.
            finish(.success(isFresh ? loaded : nil))
            return loaded
        } catch is CancellationError {
            // It was this caller who gave up; one of the others goes on.
            finish(.success(nil))
            throw CancellationError()
        } catch {
            finish(.failure(error))
            throw error
        }
    }

    private func finish(_ result: Result<Discovery?, any Error>) {
        isLoading = false
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume(with: result) }
    }
}
