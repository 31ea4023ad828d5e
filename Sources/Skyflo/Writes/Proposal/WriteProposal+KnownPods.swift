import KubeClient
public import KubeModel

extension WriteProposal {
    /// Notes which pods there are before the write: of those that go, a warning says nothing against it. It is kept with
    /// the post-conditions, so that whoever verifies the write knows it, too.
    public func noting(podsSeenBy api: ReadOnlyAPI) async throws -> WriteProposal {
        var proposal = self
        var room = Self.limit
        for (position, condition) in postConditions.enumerated() {
            guard case .noWarnings(let subject, nil) = condition else { continue }
            let pods = try await pods(of: subject, upTo: room, api: api)
            room -= pods?.count ?? 0
            proposal.postConditions[position] = .noWarnings(subject, knownPods: pods?.map(\.uid).sorted())
        }
        return proposal
    }

    /// So many uids have room in a status. Of a workload with more pods none are noted.
    private static let limit = 200

    private func pods(
        of subject: PostCondition.Subject, upTo limit: Int, api: ReadOnlyAPI
    ) async throws -> [KubeObject]? {
        let planned = requests.first {
            $0.target.resource == subject.resource && $0.target.namespace == subject.namespace
                && $0.target.name == subject.name
        }
        let created = planned?.request.body.flatMap { try? JSONParser.parse($0) }.map { KubeObject($0) }
        guard let object = planned?.before ?? created else { return nil }
        if subject.resource.isSame(as: .pods) { return planned?.before.map { [$0] } ?? [] }
        guard let selector = LabelSelector(podsOf: object) else { return nil }
        let read = try await api.readable {
            try await api.list(
                .pods, namespace: subject.namespace, ListOptions(labelSelector: selector, limit: limit + 1)
            ).items
        }
        guard case .success(let pods) = read, pods.count <= limit else { return nil }
        return pods
    }
}

extension LabelSelector {
    /// What selects the pods of a workload; nil where nothing is known to.
    public init?(podsOf workload: KubeObject) {
        guard let selector = workload["spec", "selector"], selector.object?.isEmpty == false else { return nil }
        if workload.kind == "ReplicationController" {
            self.init(matching: KubeObject(["metadata": ["labels": selector]]).labels)
        } else {
            self.init(selector)
        }
    }
}
