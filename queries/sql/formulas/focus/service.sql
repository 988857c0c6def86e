-- The service's name.
servicename
