import KubeModel
import Writes

let redactor = Redactor(key: Array("a key for tests only".utf8))

func body(_ planned: PlannedRequest) throws -> JSONValue { try JSONParser.parse(planned.request.body ?? "") }
