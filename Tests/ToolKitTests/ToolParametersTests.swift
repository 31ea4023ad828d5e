import FakeKubeAPI
import KubeModel
import Testing
import Writes

@testable import ToolKit

@Suite struct ToolParametersTests {
    let parameters = ToolParameters([
        .required("name", aliases: ["pod_name"], kind: .string(.objectName), description: "Name"),
        .optional("count", kind: .integer(1...10), default: 5, description: "Count"),
        .optional("all", kind: .boolean, default: false, description: "All"),
        .optional("mode", kind: .choice(["a", "b"]), description: "Mode"),
        .optional("labels", kind: .stringMap, description: "Labels"),
        .optional("since", kind: .string(.duration), description: "Since"),
        .optional("selector", kind: .string(.labelSelector), description: "Selector"),
        .optional("namespace", kind: .string(.label), description: "Namespace"),
        .optional("format", kind: .choice(["yaml", "json"]), description: "Format"),
        .optional("what", kind: .kind(["deployment", "statefulset"]), description: "What"),
        .optional("manifest", kind: .document(maximum: 200), description: "Manifest"),
    ])

    private func problem(_ text: String) -> String {
        do {
            _ = try parameters.check(text)
            return ""
        } catch {
            return error.message
        }
    }

    @Test func `the schema is an object that allows nothing else`() {
        let schema = parameters.jsonSchema
        #expect(schema["type"]?.string == "object")
        #expect(schema["additionalProperties"]?.bool == false)
        #expect(schema["required"] == ["name"])
        #expect(schema["properties", "count"]?["maximum"]?.int == 10)
        #expect(schema["properties", "count", "default"]?.int == 5)
        #expect(schema["properties", "mode", "enum"] == ["a", "b"])
    }

    @Test func `defaults are filled in and an integral number is an integer`() throws {
        let arguments = try parameters.check(#"{"name":"web","count":3.0,"mode":null}"#)
        #expect(arguments.integer("count") == 3)
        #expect(arguments.bool("all") == false)
        #expect(arguments.string("mode") == nil)
        #expect(try parameters.check(#"{"name":"web"}"#).integer("count") == 5)
    }

    @Test func `what models commonly write is taken where it can mean nothing else`() throws {
        let arguments = try parameters.check(#"{"name":"web","count":"3","all":"true","mode":"","selector":" "}"#)
        #expect(arguments.integer("count") == 3 && arguments.bool("all") == true)
        #expect(arguments.string("mode") == nil && arguments.string("selector") == nil)
        #expect(try parameters.check(#"{"name":"web","all":"False","count":"10"}"#).bool("all") == false)
        let patch = ToolParameters([
            .required("patch", kind: .document(maximum: 64), description: "Patch")
        ])
        #expect(try patch.check(#"{"patch":{"spec":{"replicas":3}}}"#).string("patch") == #"{"spec":{"replicas":3}}"#)
        #expect(try patch.check(#"{"patch":[{"op":"remove"}]}"#).string("patch") == #"[{"op":"remove"}]"#)
        #expect(try patch.check(#"{"patch":"spec: {}"}"#).string("patch") == "spec: {}")
        #expect(throws: ToolFailure.self) { try patch.check(#"{"patch":3}"#) }
        let long = String(repeating: "x", count: 64)
        #expect(throws: ToolFailure.self) { try patch.check(#"{"patch":{"a":"\#(long)"}}"#) }
    }

    @Test(arguments: [
        (#"{"name":"web""#, "not valid JSON"),
        (#"{"name":"web",}"#, "not valid JSON"),
        ("", "not valid JSON"),
        ("{'name':'web'}", "not valid JSON"),
        (#"{"name":"a","name":"b"}"#, "not valid JSON"),
        (#"["web"]"#, "must be a JSON object"),
        ("{}", "name: required"),
        (#"{"name":null}"#, "name: required"),
        (#"{"name":7}"#, "name: must be a string, not of type integer"),
        (#"{"name":"web","count":"three"}"#, "count: must be an integer, not of type string"),
        (#"{"name":"web","count":"3.5"}"#, "count: must be an integer, not of type string"),
        (#"{"name":"web","count":3.5}"#, "count: must be an integer"),
        (#"{"name":"web","count":11}"#, "11 is not between 1 and 10; the nearest is 10"),
        (#"{"name":"web","count":"-3"}"#, "-3 is not between 1 and 10; the nearest is 1"),
        (#"{"name":"web","all":"yes"}"#, "all: must be a boolean"),
        (#"{"name":"web","mode":"c"}"#, "is not one of a, b"),
        (#"{"name":"web","format":"yml"}"#, "\"yml\" is not one of yaml, json; the nearest is yaml"),
        (#"{"name":"web","what":"pods"}"#, "\"pods\" is not one of deployment, statefulset"),
        (
            #"{"name":"web","what":"deployment.batch"}"#,
            "is not one of deployment, statefulset; the nearest is deployment"
        ),
        (
            #"{"name":"web","manifest":7}"#,
            "manifest: must be a text of JSON or YAML, or an object, not of type integer"
        ),
        (#"{"name":"web","coutn":1}"#, "coutn: unknown; did you mean count?; the parameters are name, count,"),
        (#"{"name":"web","pod_nam":"x"}"#, "pod_nam: unknown; did you mean pod_name?"),
        (#"{"deployment":"web"}"#, "deployment: unknown; did you mean name?"),
        (#"{"deployment":"web","x":1}"#, "deployment: unknown; the parameters are"),
        (#"{"name":"web","pod_name":"web-1"}"#, "name, pod_name: two names of the same parameter"),
        (#"{"name":"web","namespace":"Shop_1"}"#, "the nearest is shop-1"),
        (#"{"name":"web","since":"5 minutes"}"#, "the nearest is 5m"),
        (#"{"name":"web","since":"2d"}"#, "the nearest is 48h"),
        (#"{"name":"web","labels":{"a":1}}"#, "a: must be a string"),
        (#"{"name":"web","since":"5 minutes"}"#, "is not a time"),
        (#"{"name":"web","since":"0s"}"#, "is not a time"),
        (#"{"name":"web","since":"99999999999999999999h"}"#, "is not a time"),
        (#"{"name":"web","other":1}"#, "other: unknown"),
        (#"{"name":"web","selector":"a=b;c"}"#, "selector:"),
        (#"{"name":"web","selector":"a in (b"}"#, "unable to parse"),
        (#"{"name":"web","selector":"app=web&limit"}"#, "is not a label value"),
        (#"{"name":"web","selector":"--all=x"}"#, "is not a label key"),
        (#"{"name":"web","namespace":"Shop"}"#, "is not a DNS-1123 label"),
        (#"{"name":"web","namespace":"shop/../kube-system"}"#, "is not a DNS-1123 label"),
        (#"{"name":"web","namespace":"-A"}"#, "is not a DNS-1123 label"),
    ])
    func `what doesn't fit is refused`(_ text: String, _ expected: String) {
        #expect(problem(text).contains(expected), "\(problem(text))")
    }

    @Test(arguments: [
        "../secrets", "a/b", "--raw=/api", "-w", "..", ".", "a b", "a%2Fb", "a\u{0}b", "a?x=1", "ä", "a..b", "",
    ])
    func `a name that is more than a name is refused`(_ name: String) {
        let text = JSONWriter.string(["name": .string(name)])
        // An empty one counts as not given, which the accessor of required arguments refuses.
        if name.isEmpty {
            #expect(throws: ToolFailure.self) { try parameters.check(text).requiredString("name") }
        } else {
            #expect(problem(text).contains("name: "))
        }
    }

    @Test func `all problems are listed at once`() {
        let text = problem(#"{"count":0,"mode":"z","x":1}"#)
        #expect(text.split(separator: "\n").count == 5, "\(text)")
    }

    @Test(arguments: [("90s", 90), ("5m", 300), ("1h30m", 5400), ("1h1m1s", 3661)])
    func `durations are read`(_ text: String, _ seconds: Int) {
        #expect(Duration.seconds(ofGoText: text) == seconds)
    }

    @Test(arguments: [
        (#"{"name":"web","count":"7"}"#, #"{"count":7,"name":"web"}"#),
        (#"{"name":"web","count":" 7 "}"#, #"{"count":7,"name":"web"}"#),
        (#"{"name":"web","all":"True"}"#, #"{"all":true,"name":"web"}"#),
        (#"{"name":"web","all":"false"}"#, #"{"all":false,"name":"web"}"#),
        (#"{"name":"web","format":" YAML"}"#, #"{"format":"yaml","name":"web"}"#),
        (#"{"name":"web","manifest":{"kind":"Pod"}}"#, #"{"manifest":"{\"kind\":\"Pod\"}","name":"web"}"#),
        (#"{"name":"web","manifest":[{"op":"remove"}]}"#, #"{"manifest":"[{\"op\":\"remove\"}]","name":"web"}"#),
        (#"{"pod_name":"web"}"#, #"{"name":"web"}"#),
        (#"{"pod_name":"web","name":"web"}"#, #"{"name":"web"}"#),
        (#"{"pod_name":"web","name":""}"#, #"{"name":"web"}"#),
    ])
    func `what can mean one thing only is taken as that`(_ text: String, _ expected: String) throws {
        var parameters = parameters
        for at in parameters.list.indices { parameters.list[at].defaultValue = nil }
        let arguments = try parameters.check(text)
        #expect(JSONWriter.string(arguments.json) == expected)
        #expect(arguments.string("pod_name") == "web", "a tool may ask by the other name")
    }

    @Test(arguments: [
        ("deploy", "deployment"), ("Deployments", "deployment"), ("deployment.apps", "deployment"),
        ("deployments.v1.apps", "deployment"), ("DEPLOY.APPS", "deployment"), ("sts", "statefulset"),
        ("StatefulSet", "statefulset"),
    ])
    func `a kind is taken in any form that kubectl takes`(_ text: String, _ expected: String) throws {
        let arguments = try parameters.check(JSONWriter.string(["name": "web", "what": .string(text)]))
        #expect(arguments.string("what") == expected)
    }

    @Test func `a model is shown neither limits nor what a name says by itself`() {
        let parameters = ToolParameters([
            .required("name", aliases: ["pod_name"], kind: .string(.objectName), description: "Name", obvious: true),
            .optional("count", kind: .integer(1...10), default: 5, description: "How many"),
            .optional("all", kind: .boolean, default: false, description: "All", obvious: true),
        ])
        #expect(
            JSONWriter.string(parameters.briefSchema)
                == #"{"type":"object","properties":{"name":{"type":"string"},"#
                + #""count":{"type":"integer","description":"How many","default":5},"all":{"type":"boolean"}},"#
                + #""required":["name"]}"#)
    }
}
