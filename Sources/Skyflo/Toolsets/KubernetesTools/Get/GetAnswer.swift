import KubeClient
import KubeModel
import ToolKit
import Writes

/// What the server answers to one query.
struct GetAnswer: Sendable {
    enum Content: Sendable {
        case table(Table)
        case objects([KubeObject])
        /// What can be said about that there is nothing.
        case nothing(String)
    }

    var query: GetQuery
    var content: Content
    /// Of the list: that there are more than were listed.
    private var more: [String] = []

    /// - Parameter explains: asks for what an empty list may come from.
    /// - Throws: ``ToolFailure`` that names the resource where it couldn't be read.
    init(_ query: GetQuery, format: GetFormat, explains: Bool = true, in context: ToolContext) async throws {
        self.query = query
        if format.isObjects {
            let answer = try await Self.send(query.request(), of: query, in: context)
            let items = query.name == nil ? KubeList(answer).items : [KubeObject(answer)]
            content = .objects(items.map { Self.shown($0, redactor: context.redactor) })
            more = Self.moreNote(answer["metadata"] ?? .null, listed: items.count)
            guard items.isEmpty else { return }
        } else {
            let (table, metadata) = try await Self.table(query, format: format, in: context)
            content = .table(table)
            more = Self.moreNote(metadata, listed: table.rows.count)
            guard table.rows.isEmpty else { return }
        }
        content = .nothing(explains ? try await query.nothing(context) : "")
    }

    /// Page by page: what is wrong may be on any of them. Only what is shown of a page is kept.
    /// - Returns: with the metadata of the last page.
    private static func table(
        _ query: GetQuery, format: GetFormat, in context: ToolContext
    ) async throws -> (Table, metadata: JSONValue) {
        var request = query.request(limit: format.pageSize)
        if format.columns == nil {
            request.accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
            // The rows of one namespace say all of it. Their objects would be ten times as long.
            if query.name == nil, !query.spansNamespaces, format != .name {
                request.query.append(.init("includeObject", value: "None"))
            }
        }
        func table(_ answer: JSONValue) -> Table {
            guard let columns = format.columns else {
                return Table(answer, wide: format == .wide, redactor: context.redactor)
            }
            let objects = answer["items"] == nil ? [KubeObject(answer)] : KubeList(answer).items
            return Table(objects.map(context.redactor.redact), columns: columns)
        }
        var answer = try await send(request, of: query, in: context)
        var result = table(answer)
        for _ in 1..<maximumRows / format.pageSize {
            guard let token = answer["metadata", "continue"]?.string, !token.isEmpty else { break }
            request[query: "continue"] = token
            guard let next = try? await context.api.readable({ try await context.api.call(request) }).get() else {
                break
            }
            answer = next
            result.append(table(next))
        }
        return (result, answer["metadata"] ?? .null)
    }

    /// Rows that are read at most: of a cluster of any size a call keeps some megabytes only.
    private static let maximumRows = 20_000

    var isEmpty: Bool { if case .nothing = content { true } else { false } }

    private static func send(
        _ request: KubeRequest, of query: GetQuery, in context: ToolContext
    ) async throws -> JSONValue {
        if let name = query.name {
            guard request.accept == "application/json" else {
                return try await named(request, of: query, name: name, in: context)
            }
            return try await context.object(query.match, namespace: query.namespace, name: name).json
        }
        do {
            return try await context.api.call(request)
        } catch let denied as PermissionDenied {
            throw try await context.denied(denied, namespace: query.namespace)
        } catch let status as APIStatus where status.isNotFound {
            await context.mapper.invalidate()
            throw ToolFailure(
                "the API server no longer serves \(query.resource.qualifiedName): \(status.message)")
        } catch let status as APIStatus {
            let failure = ToolFailure(describing: status).message
            throw ToolFailure(
                "\(query.resource.qualifiedName) cannot be listed, so it is not known whether any exist: \(failure)")
        }
    }

    /// In columns: where it isn't found, the plain request says why.
    private static func named(
        _ request: KubeRequest, of query: GetQuery, name: String, in context: ToolContext
    ) async throws -> JSONValue {
        do {
            return try await context.api.call(request)
        } catch let status as APIStatus where status.isNotFound {
            return try await context.object(query.match, namespace: query.namespace, name: name).json
        } catch let denied as PermissionDenied {
            throw try await context.denied(denied, namespace: query.namespace)
        }
    }

    private static func shown(_ object: KubeObject, redactor: Redactor) -> KubeObject {
        var object = redactor.redact(object)
        object.json[path: ["metadata", "managedFields"]] = nil
        return object
    }

    private static func moreNote(_ metadata: JSONValue, listed: Int) -> [String] {
        guard metadata["continue"]?.string?.isEmpty == false else { return [] }
        let rest = metadata["remainingItemCount"]?.int.map { "\($0) more" } ?? "more"
        return [
            "… there are \(rest) than the \(listed) listed: narrow the list with a namespace, a label selector or a "
                + "field selector"
        ]
    }
}

extension GetAnswer {
    /// - Parameter limit: of bytes; what is left out is named, and the text says how to get it.
    func text(_ format: GetFormat, limit: Int) -> String {
        let notes = more + (format.isObjects ? [] : ambiguity)
        let room = limit - notes.reduce(0) { $0 + $1.utf8.count + 1 }
        switch content {
        case .nothing(let text): return text
        case .objects(let objects):
            let isList = query.name == nil
            return ObjectsText(objects, isList: isList, isYAML: format == .yaml).text(limit: room) + notes.joined()
        case .table(let table):
            let lines = format == .name ? names(table) : table.lines(withNamespace: query.spansNamespaces)
            let text = TableText(
                table, lines: lines, hasHeader: format != .name, spansNamespaces: query.spansNamespaces
            ).text(
                limit: room)
            return ([text] + notes).joined(separator: "\n")
        }
    }

    /// `deployment.apps/web`
    private func names(_ table: Table) -> [String] { table.rows.map { "\(query.prefix)/\($0.name)" } }

    /// That another group has a resource of this name, and which one this is.
    private var ambiguity: [String] {
        let others = Absence.others(query.match).map(\.qualifiedName)
        guard !query.match.isQualified, !others.isEmpty else { return [] }
        return [
            "(These are \(query.resource.qualifiedName). Other resources have the same name: "
                + "\(others.joined(separator: ", ")).)"
        ]
    }
}
