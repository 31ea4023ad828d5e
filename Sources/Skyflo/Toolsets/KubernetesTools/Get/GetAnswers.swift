import KubeClient
import KubeModel
import ToolKit
import Writes

/// What comes of several queries in one call: each stands for itself, also where another one fails.
struct GetAnswers: Sendable {
    private var answers: [GetAnswer] = []
    private var failures: [(query: GetQuery, message: String)] = []

    /// Of a category: that there is nothing of any of its types.
    private var emptiness: String?

    init(_ queries: [GetQuery], format: GetFormat, category: String?, in context: ToolContext) async throws {
        for query in queries {
            do {
                answers.append(try await GetAnswer(query, format: format, explains: category == nil, in: context))
            } catch let cancellation as CancellationError {
                throw cancellation
            } catch {
                failures.append((query, ToolFailure(describing: error).message))
            }
        }
        if let category, let first = answers.first, answers.allSatisfy(\.isEmpty) {
            let what = "no objects of the category \(category)"
            emptiness = try await Emptiness(what, namespace: first.query.selection.namespace, in: context).text
        }
    }

    /// - Throws: ``ToolFailure`` where all queries failed.
    func text(_ format: GetFormat, category: String?, limit: Int) throws -> String {
        guard !answers.isEmpty else { throw ToolFailure(failures.map(\.message).joined(separator: "\n")) }
        let found = answers.filter { !$0.isEmpty }
        let notes = notes(category)
        let room = max(256, limit - notes.reduce(0) { $0 + $1.utf8.count + 2 })
        guard !found.isEmpty else { return notes.joined(separator: "\n") }
        var parts: [String] = []
        if format.isObjects {
            parts = [ObjectsText(found.flatMap(\.objects), isList: true, isYAML: format == .yaml).text(limit: room)]
        } else {
            parts = tables(found, format: format, limit: room)
        }
        return (parts + notes).joined(separator: format == .name || format.isObjects ? "\n" : "\n\n")
    }

    /// Each gets what it needs, as far as all of them fit; who needs more than an equal share gets an equal share of the rest.
    private func tables(_ found: [GetAnswer], format: GetFormat, limit: Int) -> [String] {
        let named = found.map(\.withTypedNames)
        let sizes = named.map { $0.text(format, limit: .max).utf8.count + 2 }
        var rest = limit
        var shares = [Int](repeating: 0, count: named.count)
        let ascending = sizes.indices.sorted { sizes[$0] < sizes[$1] }
        for (done, at) in ascending.enumerated() {
            shares[at] = min(sizes[at], rest / (sizes.count - done))
            rest -= shares[at]
        }
        return zip(named, shares).map { $0.text(format, limit: $1) }
    }

    private func notes(_ category: String?) -> [String] {
        let failed = failures.map { "\($0.query.resource.qualifiedName): \($0.message)" }
        guard let category else {
            let nothing = answers.compactMap { if case .nothing(let text) = $0.content { text } else { nil } }
            return nothing + failed
        }
        let types = (answers.map(\.query) + failures.map(\.query)).map(\.resource.qualifiedName)
        return [emptiness].compactMap { $0 } + failed + [
            "(The category \(category) includes: \(types.joined(separator: ", ")). No other types were requested.)"
        ]
    }
}

extension GetAnswer {
    fileprivate var objects: [KubeObject] {
        if case .objects(let objects) = content { objects } else { [] }
    }

    /// As kubectl prints several types: `pod/web-0`.
    fileprivate var withTypedNames: GetAnswer {
        guard case .table(var table) = content else { return self }
        table.prefixNames(with: "\(query.prefix)/")
        var answer = self
        answer.content = .table(table)
        return answer
    }
}
