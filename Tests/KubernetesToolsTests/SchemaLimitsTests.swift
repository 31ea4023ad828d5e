import KubeModel
import Testing
import Writes

@testable import KubernetesTools
@testable import ToolKit

/// What the schemas say is what is enforced, of all tools.
@Suite struct SchemaLimitsTests {
    private let all = KubernetesToolset.all(now: { KubeTime(seconds: 0) }).flatMap { $0.parameters.list }

    private func problem(_ parameter: ToolParameter, _ value: JSONValue) -> String? {
        do {
            _ = try ToolParameters([parameter]).check(JSONWriter.string([parameter.name: value]))
            return nil
        } catch { return error.message }
    }

    @Test func `integers are taken within their limits, and not beyond`() throws {
        for parameter in all {
            guard case .integer = parameter.kind else { continue }
            let (low, high) = (
                try #require(parameter.schema["minimum"]?.int), try #require(parameter.schema["maximum"]?.int)
            )
            #expect(problem(parameter, JSONValue(low)) == nil && problem(parameter, JSONValue(high)) == nil)
            #expect(problem(parameter, JSONValue(low - 1)) != nil && problem(parameter, JSONValue(high + 1)) != nil)
        }
    }

    @Test func `texts are taken up to their length in characters, and not beyond`() throws {
        for parameter in all {
            guard case .string = parameter.kind else { continue }
            let limit = try #require(parameter.schema["maxLength"]?.int)
            let text = String(repeating: "a", count: limit + 1)
            #expect(problem(parameter, .string(text))?.contains("longer than \(limit) characters") == true)
            if case .string(.text) = parameter.kind {
                #expect(problem(parameter, .string(String(repeating: "ü", count: limit))) == nil)
            }
        }
    }

    @Test func `choices and defaults are taken`() {
        for parameter in all {
            for value in parameter.schema["enum"]?.array ?? [] { #expect(problem(parameter, value) == nil) }
            if let value = parameter.schema["default"] { #expect(problem(parameter, value) == nil) }
        }
    }

    @Test(arguments: ["", " ", "\n\t "]) func `empty texts count as not given`(_ empty: String) throws {
        for parameter in all {
            let text = JSONWriter.string([parameter.name: .string(empty)])
            guard !parameter.isRequired else {
                #expect(problem(parameter, .string(empty))?.contains("required") == true)
                continue
            }
            let checked = try ToolParameters([parameter]).check(text)
            #expect(checked == (try ToolParameters([parameter]).check("{}")), "\(parameter.name)")
        }
        for parameter in all where parameter.isRequired {
            if case .string = parameter.kind { #expect(parameter.schema["minLength"] == 1) }
        }
    }
}
