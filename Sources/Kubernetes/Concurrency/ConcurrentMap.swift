extension Array where Element: Sendable {
    /// Maps at most `atOnce` elements at a time; results are in the order of the elements.
    public func concurrentMap<Result: Sendable>(
        atOnce: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            for (position, element) in enumerated() {
                if position >= atOnce, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (position, try await transform(element)) }
            }
            for try await (done, result) in group { results[done] = result }
            return indices.compactMap { results[$0] }
        }
    }
}
